package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that give up and come back, and commands that say more than an answer holds. */
@Tag("root")
@Tag("go")
@Timeout(300)
class ImpatienceTest {
    /** Of 16 MiB less 64 KiB a sixteenth is stderr's. */
    private static final int STDOUT_LIMIT = ((16 << 20) - (64 << 10)) / 16 * 15;

    private TestHost host;
    private Daemon daemon;
    private Configs configs;

    @BeforeEach
    void start() throws Exception {
        host = TestHost.start("late");
        daemon = host.daemon("late").start();
        configs = new Configs(host.work().resolve("configs"));
        daemon.crictl("pull", Configs.BUSYBOX).orFail();
    }

    @AfterEach
    void stop() throws Exception {
        try (TestHost last = host;
                Daemon first = daemon) {
            assertThat(first).isNotNull();
            assertThat(last).isNotNull();
        }
    }

    /** The bridge plugin, three seconds late, and a line for each ADD. */
    private Path slowNetwork() throws IOException {
        Path adds = daemon.folder().resolve("adds");
        Path plugin = daemon.plugins().resolve("late-bridge");
        Files.writeString(
                plugin,
                """
                #!/bin/sh
                if [ "$CNI_COMMAND" = ADD ]; then echo add >>%s; sleep 3; fi
                exec /usr/lib/cni/bridge
                """
                        .formatted(adds));
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path list = daemon.cniDirectory().resolve("10-bridge.conflist");
        Files.writeString(
                list,
                Files.readString(list)
                        .replace("\"type\": \"bridge\"", "\"type\": \"late-bridge\""));
        return adds;
    }

    @Test
    void aRetryAfterTheDeadlineJoinsTheCallInFlight() throws Exception {
        Path adds = slowNetwork();
        String pod = configs.pod("late", "");
        Command.Result impatient = daemon.crictl("--timeout", "1s", "runp", pod);
        assertThat(impatient.exitCode()).isNotZero();
        assertThat(impatient.stderr()).contains("DeadlineExceeded");
        String id = daemon.crictl("runp", pod).orFail().line();
        assertThat(Files.readAllLines(adds)).hasSize(1);
        assertThat(daemon.crictl("pods", "-q", "--no-trunc").orFail().line()).isEqualTo(id);
        // And it is one to work with.
        String container =
                daemon.crictl("create", id, configs.shell("late", "exec sleep 1000", ""), pod)
                        .orFail()
                        .line();
        daemon.crictl("start", container).orFail();
    }

    @Test
    void outputBeyondTheBoundIsCutAndSaidToTheCaller() throws Exception {
        String pod = configs.pod("loud", "");
        String id = daemon.crictl("runp", pod).orFail().line();
        String container =
                daemon.crictl("create", id, configs.shell("loud", "exec sleep 1000", ""), pod)
                        .orFail()
                        .line();
        daemon.crictl("start", container).orFail();
        Command.Result loud =
                daemon.crictl(
                        "exec",
                        "-s",
                        container,
                        "sh",
                        "-c",
                        "echo heard >&2; yes 0123456789abcde | head -c 20000000");
        assertThat(loud.exitCode()).isZero();
        // crictl prints both outputs on its stdout, one after the other.
        assertThat(loud.stdout().length()).isBetween(STDOUT_LIMIT, STDOUT_LIMIT + 1000);
        assertThat(loud.stdout().startsWith("0123456789")).isTrue();
        assertThat(loud.stdout().substring(STDOUT_LIMIT))
                .contains("heard")
                .contains("the rest was dropped");
        // What is below it is whole.
        Command.Result fits =
                daemon.crictl(
                        "exec",
                        "-s",
                        container,
                        "sh",
                        "-c",
                        "yes 0123456789abcde | head -c 15000000");
        assertThat(fits.stdout().length()).isBetween(15_000_000, 15_000_010);
        assertThat(fits.stdout().contains("dropped")).isFalse();
    }
}
