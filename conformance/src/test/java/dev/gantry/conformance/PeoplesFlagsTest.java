package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flags of {@code gantry run} do what docker's do, seen from inside the containers. */
@Tag("root")
@Tag("go")
class PeoplesFlagsTest extends WithDaemon {
    @BeforeEach
    void image() {
        present(Configs.BUSYBOX);
    }

    @AfterEach
    void clear() {
        gantry.run("rm", "-f", "one", "two");
    }

    /** How many files the logs of people's containers have. */
    private static long files() throws IOException {
        try (Stream<Path> all = Files.walk(daemon.folder().resolve("root"))) {
            return all.filter(p -> p.getFileName().toString().startsWith("container.log")).count();
        }
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }

    @Test
    void aLogIsRotatedAndReadAsOne() throws IOException, InterruptedException {
        gantry.done(
                "run",
                "-d",
                "--name",
                "one",
                "--log-opt",
                "max-size=10k",
                "--log-opt",
                "max-file=3",
                Configs.BUSYBOX,
                "sh",
                "-c",
                "seq 1 3000; sleep 1000");
        // 46 bytes a line: three files hold at least 445 lines.
        List<String> followed = waited("3000", "logs", "one");
        assertThat(followed).hasSizeBetween(445, 700);
        assertThat(followed).isEqualTo(numbers(3001 - followed.size(), 3000));
        assertThat(files()).isEqualTo(3);
        assertThat(gantry.run("logs", "--tail", "400", "one").orFail().stdout().lines())
                .containsExactlyElementsOf(numbers(2601, 3000));

        daemon.kill();
        daemon.start();
        assertThat(gantry.run("logs", "one").orFail().stdout().lines())
                .containsExactlyElementsOf(followed);
        gantry.done("rm", "-f", "one");
        assertThat(files()).isZero();
    }

    private static List<String> waited(String last, String... arguments) {
        List<String> lines = List.of();
        for (int i = 0; i < 200 && !(!lines.isEmpty() && lines.getLast().equals(last)); i++) {
            lines = gantry.run(arguments).orFail().stdout().lines().toList();
        }
        return lines;
    }

    @Test
    void whatKeepsNoLogOrIsNotKnownIsSaid() {
        Command.Result unknown =
                gantry.run("create", "--log-opt", "compress=true", Configs.BUSYBOX, "true");
        assertThat(unknown.exitCode()).isNotZero();
        assertThat(unknown.stderr()).contains("compress", "max-size and max-file");
        assertThat(gantry.run("create", "--log-driver", "syslog", Configs.BUSYBOX).stderr())
                .contains("json-file", "local", "none");
    }

    @Test
    void theNodesUtsNamespaceIsShared() throws IOException {
        String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        assertThat(
                        gantry.run(
                                        "run",
                                        "--rm",
                                        "--uts",
                                        "host",
                                        Configs.BUSYBOX,
                                        "sh",
                                        "-c",
                                        "readlink /proc/self/ns/uts; hostname; cat /etc/hostname")
                                .orFail()
                                .stdout()
                                .lines())
                .containsExactly(
                        Files.readSymbolicLink(Path.of("/proc/self/ns/uts")).toString(),
                        name,
                        name);
    }

    @Test
    void exitCodesTellWhoFailed() {
        assertThat(run("/no/such")).isEqualTo(127);
        assertThat(run("/etc/passwd")).isEqualTo(126);
        assertThat(run("/etc")).isEqualTo(126);
        // Words alone, such as those of a handler that is not there, mean nothing.
        assertThat(run("--runtime", "exec not found", "true")).isEqualTo(125);
        gantry.done("run", "-d", "--name", "one", Configs.BUSYBOX, "sleep", "1000");
        assertThat(gantry.run("exec", "one", "/no/such").exitCode()).isEqualTo(127);
        assertThat(gantry.run("exec", "one", "/etc/passwd").exitCode()).isEqualTo(126);
    }

    private static int run(String... command) {
        List<String> line = new ArrayList<>(List.of("run", "--rm"));
        List<String> all = List.of(command);
        int options = command.length - 1;
        line.addAll(all.subList(0, options));
        line.add(Configs.BUSYBOX);
        line.add(all.getLast());
        return gantry.run(line.toArray(String[]::new)).exitCode();
    }

    @Test
    void aSeccompProfileIsTheClients(@TempDir Path folder) throws IOException {
        Path profile =
                Files.writeString(
                        folder.resolve("no-mkdir.json"),
                        """
                        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls":
                          [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}""");
        gantry.done(
                "create",
                "--name",
                "one",
                "--security-opt",
                "seccomp=" + profile,
                Configs.BUSYBOX,
                "mkdir",
                "/new");
        Files.delete(profile);
        Command.Result refused = gantry.run("start", "-a", "one");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stderr()).contains("Operation not permitted");
    }
}
