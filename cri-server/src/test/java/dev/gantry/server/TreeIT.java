package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.proto.cri.v1.RuntimeCondition;
import dev.gantry.proto.cri.v1.StatusRequest;
import dev.gantry.proto.cri.v1.VersionRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tree that the build leaves, run as its operator would. */
class TreeIT {
    private static final Path TREE = Path.of("..", "target", "gantry").toAbsolutePath().normalize();

    /** What systemd is to a service: it hears datagrams, and says what it heard. */
    private static final String MANAGER =
            """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(sys.argv[1])
            print('bound', flush=True)
            print(s.recv(100).decode(), end='', flush=True)
            print(s.recv(100).decode(), end='', flush=True)
            """;

    @TempDir Path dir;

    private TreeDaemon daemon(Path tree, String name) {
        return new TreeDaemon(tree, dir.resolve(name));
    }

    @Test
    void itAnswersIsKilledAndAnswersAgain() throws IOException, InterruptedException {
        try (TreeDaemon daemon = daemon(TREE, "a")) {
            daemon.start();
            var version = daemon.runtime().version(VersionRequest.getDefaultInstance());
            assertThat(version.getRuntimeName()).isEqualTo("gantry");
            assertThat(version.getVersion()).isEqualTo("0.1.0");
            assertThat(version.getRuntimeApiVersion()).isEqualTo("v1");
            daemon.kill();
            assertThat(daemon.socket()).exists();
            daemon.start();
            assertThat(daemon.runtime().version(VersionRequest.getDefaultInstance()))
                    .isEqualTo(version);
        }
    }

    @Test
    void itsStatusIsTrueToTheMachine() throws IOException, InterruptedException {
        try (TreeDaemon daemon = daemon(TREE, "a")) {
            daemon.start();
            List<RuntimeCondition> conditions =
                    daemon.runtime()
                            .status(StatusRequest.getDefaultInstance())
                            .getStatus()
                            .getConditionsList();
            assertThat(conditions).hasSize(2);
            assertThat(conditions.getLast().getType()).isEqualTo("NetworkReady");
            assertThat(conditions.getLast().getStatus()).isFalse();
            assertThat(conditions.getLast().getMessage()).contains(dir.resolve("a/cni").toString());
        }
    }

    @Test
    void aSecondDaemonOnTheSameDirectoriesIsRefused() throws IOException, InterruptedException {
        try (TreeDaemon first = daemon(TREE, "a");
                TreeDaemon beside = daemon(TREE, "b")) {
            first.start();
            TreeDaemon.Ended sameRoot =
                    TreeDaemon.run(
                            TREE,
                            "--root=" + dir.resolve("a/root"),
                            "--state=" + dir.resolve("c/state"),
                            "--metrics-address=");
            assertThat(sameRoot.code()).isEqualTo(1);
            assertThat(sameRoot.output())
                    .contains("another gantryd (process " + first.pid() + ") uses ")
                    .contains("give this one another --root");
            TreeDaemon.Ended sameState =
                    TreeDaemon.run(
                            TREE,
                            "--root=" + dir.resolve("c/root"),
                            "--state=" + dir.resolve("a/state"),
                            "--metrics-address=");
            assertThat(sameState.output()).contains("give this one another --state");
            beside.start();
            assertThat(first.runtime().version(VersionRequest.getDefaultInstance()))
                    .isEqualTo(beside.runtime().version(VersionRequest.getDefaultInstance()));
        }
    }

    @Test
    void sigtermEndsItWithZero() throws IOException, InterruptedException {
        try (TreeDaemon daemon = daemon(TREE, "a")) {
            daemon.start();
            assertThat(daemon.terminate()).isZero();
            assertThat(daemon.log()).contains("event=ready").contains("event=stopped");
        }
    }

    @Test
    void itTellsItsVersionItsHelpAndWhatIsWrong() throws IOException, InterruptedException {
        assertThat(TreeDaemon.run(TREE, "--version"))
                .isEqualTo(new TreeDaemon.Ended(0, "gantryd 0.1.0\n"));
        assertThat(TreeDaemon.run(TREE, "--help").output()).contains("--cni-conf-dir");
        assertThat(TreeDaemon.run(TREE, "--print-config").output())
                .isEqualTo(Files.readString(TREE.resolve("etc/gantryd.toml")));
        Path bad = Files.writeString(dir.resolve("bad.toml"), "\nrooot = \"/x\"\n");
        assertThat(TreeDaemon.run(TREE, "--config", bad.toString()))
                .isEqualTo(
                        new TreeDaemon.Ended(
                                2,
                                "gantryd: "
                                        + bad
                                        + ":2:1: unknown key rooot: did you mean root?\n"));
    }

    /**
     * Copied as cp -a does: to another path, with the times of the jars, which the JVM compares.
     */
    @Test
    void aCopyWorksAndItsCacheToo() throws IOException, InterruptedException {
        Path copy = dir.resolve("copy of it");
        copy(TREE, copy);
        try (TreeDaemon daemon = daemon(copy, "a")) {
            daemon.start();
            assertThat(daemon.runtime().version(VersionRequest.getDefaultInstance()).getVersion())
                    .isEqualTo("0.1.0");
            assertThat(daemon.usesCache()).isTrue();
            daemon.terminate();
        }
    }

    /** Of the same size, which the JVM itself would not notice. */
    @Test
    void aJarThatWasExchangedIsNotRunFromTheCache() throws IOException, InterruptedException {
        Path copy = dir.resolve("copy");
        copy(TREE, copy);
        Path jar = copy.resolve("lib/model-0.1.0-SNAPSHOT.jar");
        byte[] content = Files.readAllBytes(jar);
        // A member's time, which is in its local header; nobody reads it.
        content[11] ^= 1;
        Files.write(jar, content);
        try (TreeDaemon daemon = daemon(copy, "a")) {
            daemon.start();
            assertThat(daemon.usesCache()).isFalse();
            assertThat(daemon.log()).contains("are not those that gantryd.aot was made from");
        }
    }

    @Test
    void itStartsWithoutAWarning() throws IOException, InterruptedException {
        try (TreeDaemon daemon = daemon(TREE, "a")) {
            daemon.start();
            assertThat(daemon.log()).doesNotContain("level=warn").doesNotContain("level=error");
        }
    }

    @Test
    void theTreeItselfUsesItsCache() throws IOException, InterruptedException {
        try (TreeDaemon daemon = daemon(TREE, "a")) {
            daemon.start();
            assertThat(daemon.usesCache()).isTrue();
        }
    }

    @Test
    void nothingIsUnpackedAtStart() throws IOException, InterruptedException {
        Path scratch = Files.createDirectory(dir.resolve("tmp"));
        try (TreeDaemon daemon = daemon(TREE, "a")) {
            daemon.start("-Djava.io.tmpdir=" + scratch);
            daemon.runtime().status(StatusRequest.getDefaultInstance());
            assertThat(scratch).isEmptyDirectory();
        }
    }

    @Test
    void systemdHearsThatItIsReady() throws IOException, InterruptedException {
        Path notes = dir.resolve("notes");
        Process manager =
                new ProcessBuilder("python3", "-c", MANAGER, notes.toString())
                        .redirectErrorStream(true)
                        .start();
        try (TreeDaemon daemon = daemon(TREE, "a");
                var heard = manager.inputReader()) {
            assertThat(heard.readLine()).isEqualTo("bound");
            daemon.environment("NOTIFY_SOCKET", notes.toString());
            daemon.start();
            assertThat(heard.readLine()).isEqualTo("READY=1");
            daemon.terminate();
            assertThat(heard.readLine()).isEqualTo("STOPPING=1");
        } finally {
            manager.destroyForcibly().waitFor();
        }
    }

    @Test
    void aJavaThatIsNoneIsNamed() throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(TREE.resolve("bin/gantryd").toString(), "--version")
                        .redirectErrorStream(true);
        builder.environment().put("GANTRY_JAVA", "/nonexistent/java");
        Process refused = builder.start();
        String said = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(refused.waitFor()).isEqualTo(1);
        assertThat(said).contains("GANTRY_JAVA is /nonexistent/java");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(
                from,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path d, BasicFileAttributes a)
                            throws IOException {
                        Files.createDirectories(to.resolve(from.relativize(d)));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path f, BasicFileAttributes a)
                            throws IOException {
                        Path target =
                                Files.copy(
                                        f,
                                        to.resolve(from.relativize(f)),
                                        StandardCopyOption.COPY_ATTRIBUTES);
                        Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(f));
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
