package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A daemon behind a real sshd, whose keys and configuration are the test's own. */
@Tag("root")
@Tag("go")
class SshTest extends WithDaemon {
    private static final String PORT = "2222";
    private static Path work;
    private static Process sshd;
    private static Gantry remote;

    @BeforeAll
    static void startSshd() throws Exception {
        work = Files.createDirectories(host.work().resolve("ssh"));
        Files.createDirectories(Path.of("/run/sshd"));
        for (String key : List.of("host", "ours", "others")) {
            String file = work.resolve(key).toString();
            Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file).orFail();
        }
        Files.copy(work.resolve("ours.pub"), work.resolve("authorized_keys"));
        Files.writeString(
                work.resolve("known_hosts"),
                "[127.0.0.1]:%s %s".formatted(PORT, Files.readString(work.resolve("host.pub"))));
        Path configuration =
                Files.writeString(
                        work.resolve("sshd_config"),
                        """
                        Port %s
                        ListenAddress 127.0.0.1
                        HostKey %2$s/host
                        PidFile none
                        AuthorizedKeysFile %2$s/authorized_keys
                        StrictModes no
                        UsePAM no
                        PasswordAuthentication no
                        KbdInteractiveAuthentication no
                        PermitRootLogin prohibit-password
                        SetEnv PATH=%3$s:/usr/sbin:/usr/bin:/sbin:/bin
                        """
                                .formatted(PORT, work, Places.tree().resolve("bin")));
        sshd =
                new ProcessBuilder(
                                host.inside(
                                        "/usr/sbin/sshd",
                                        "-D",
                                        "-e",
                                        "-f",
                                        configuration.toString()))
                        .redirectErrorStream(true)
                        .redirectOutput(work.resolve("sshd.log").toFile())
                        .start();
        remote = by("ours", PORT);
        await(
                () ->
                        Command.run(host.inside("bash", "-c", "</dev/tcp/127.0.0.1/" + PORT))
                                        .exitCode()
                                == 0,
                "sshd");
    }

    /** The command with an ssh that reads a configuration of the test's and no other. */
    private static Gantry by(String key, String port) throws Exception {
        Path bin = Files.createDirectories(work.resolve("bin-" + key));
        Path configuration =
                Files.writeString(
                        bin.resolve("config"),
                        """
                        IdentityFile %1$s/%2$s
                        IdentitiesOnly yes
                        UserKnownHostsFile %1$s/known_hosts
                        BatchMode yes
                        """
                                .formatted(work, key));
        Path ssh =
                Files.writeString(
                        bin.resolve("ssh"),
                        "#!/bin/sh\nexec /usr/bin/ssh -F %s \"$@\"\n".formatted(configuration));
        Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwxr-xr-x"));
        String url = "ssh://root@127.0.0.1:%s%s".formatted(port, daemon.socket());
        return new Gantry(host, List.of(), List.of("-H", url))
                .with("PATH=" + bin + ":/usr/bin:/bin");
    }

    @AfterAll
    static void stopSshd() throws Exception {
        sshd.destroy();
        if (!sshd.waitFor(10, TimeUnit.SECONDS)) {
            sshd.destroyForcibly().waitFor();
        }
    }

    @Test
    void everythingGoesOverSsh() throws Exception {
        Command.Result pulled = remote.run("pull", Configs.BUSYBOX).orFail();
        assertThat(pulled.stdout() + pulled.stderr()).contains("Pull complete", "Digest: sha256:");
        remote.done(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "far",
                Configs.BUSYBOX,
                "sh",
                "-c",
                "echo first; until [ -e /go ]; do sleep 0.1; done; echo last");
        assertThat(remote.done("ps", "--format", "{{.Names}}")).isEqualTo("far");
        assertThat(remote.fed("hello", "exec", "-i", "far", "cat").orFail().stdout())
                .isEqualTo("hello");
        assertThat(remote.run("exec", "far", "sh", "-c", "exit 7").exitCode()).isEqualTo(7);

        Path there = Files.writeString(work.resolve("there"), "copied");
        Path back = work.resolve("back");
        remote.done("cp", there.toString(), "far:/there");
        remote.done("cp", "far:/there", back.toString());
        assertThat(back).hasContent("copied");

        Path followed = work.resolve("followed");
        Process logs =
                new ProcessBuilder(remote.command("logs", "-f", "far"))
                        .redirectErrorStream(true)
                        .redirectOutput(followed.toFile())
                        .start();
        await(() -> text(followed).contains("first"), "the first line");
        remote.done("exec", "far", "touch", "/go");
        assertThat(logs.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(followed).hasContent("first\nlast");
        remote.done("rm", "-f", "far");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void whatSshCannotReachIsSaid() throws Exception {
        assertThat(by("others", PORT).refused("ps"))
                .contains("Permission denied (publickey", "Cannot connect", "ssh ended");
        assertThat(by("ours", "2223").refused("ps"))
                .contains("Connection refused", "Cannot connect", "ssh ended");
    }
}
