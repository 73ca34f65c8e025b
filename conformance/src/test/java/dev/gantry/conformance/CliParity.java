package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Several hundred command lines, each run by {@code gantry} and by Debian's podman at the same time
 * and from the same state; {@code src/test/resources/cli} has them, with what is compared and with
 * the differences that are on purpose.
 */
@Tag("root")
@Tag("go")
class CliParity {
    private static final Pattern IDS =
            Pattern.compile("(sha256:)?\\b[0-9a-f]{64}\\b|\\b[0-9a-f]{12}\\b");

    /** With something to run; without, docker's own command line refuses it. */
    private static final Pattern RUNS = Pattern.compile("C (run|create) ");

    /** Those of which all lines are run. */
    private static final String FILES =
            System.getProperty("gantry.parity", "run,lifecycle,inside,objects");

    private static TestHost host;
    private static Daemon daemon;

    /** A path that may have 50 characters. */
    private static final Path PODMAN_RUN = Path.of("/tmp/gt-pm" + ProcessHandle.current().pid());

    private static ParityPeer podman;
    private static ParityPeer gantry;

    @BeforeAll
    static void start() throws Exception {
        host = TestHost.start("parity");
        daemon = host.daemon("parity").start();
        Path work = host.work();
        Command.run("ip", "netns", "add", host.name() + "-p").orFail();
        Command.run("ip", "-n", host.name() + "-p", "link", "set", "lo", "up").orFail();
        podman = ParityPeer.of("podman", host.name() + "-p", work, podmanScript(work));
        gantry =
                ParityPeer.of(
                        "gantry",
                        host.name(),
                        work,
                        "exec %s -H unix://%s \"$@\""
                                .formatted(Places.tree().resolve("bin/gantry"), daemon.socket()));
        files(work.resolve("shared"));
        images(work);
    }

    /** Limits that a host without CAP_SYS_RESOURCE can set, and nothing of the host's own. */
    private static String podmanScript(Path work) throws IOException {
        Path configuration =
                Files.writeString(
                        work.resolve("containers.conf"),
                        "[containers]\ndefault_ulimits = [\"nofile=10000:10000\", \"nproc=20000:20000\"]\n");
        Path networks = Files.createDirectories(work.resolve("podman/net"));
        return """
               export CONTAINERS_CONF=%1$s
               exec podman --root %2$s/root --runroot %4$s --tmpdir %2$s/tmp --network-config-dir %3$s --runtime runc \
                 --cgroup-manager cgroupfs --events-backend file --log-level error "$@"
               """
                .formatted(configuration, work.resolve("podman"), networks, PODMAN_RUN);
    }

    private static void files(Path shared) throws IOException {
        Files.writeString(shared.resolve("env"), "# a comment\nONE=1\n\nTWO=two words\nTHREE\n");
        Files.writeString(shared.resolve("labels"), "from=file\n");
        Files.writeString(shared.resolve("file"), "content\n");
        Path tree = Files.createDirectories(shared.resolve("tree/directory"));
        Files.writeString(tree.resolve("inner"), "inner\n");
        Files.createSymbolicLink(shared.resolve("tree/link"), Path.of("directory/inner"));
    }

    private static void images(Path work) {
        Path root = work.resolve("busybox");
        Command.run(
                        "bash",
                        "-euc",
                        ". \"$1/scripts/lib/oci-image.sh\"; mkdir \"$2\"; busybox_root \"$2\"; tar -C \"$2\" -cf \"$2.tar\" .",
                        "images",
                        Places.project().toString(),
                        root.toString())
                .orFail();
        for (ParityPeer peer : List.of(podman, gantry)) {
            peer.run(
                            """
                            C import --change 'CMD ["sh"]' --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
                              %1$s.tar docker.io/library/busybox:latest
                            C import --change 'ENTRYPOINT ["echo", "entry"]' --change 'CMD ["default"]' --change 'ENV SETTING=image PATH=/bin:/usr/bin' \
                              --change 'WORKDIR /work' --change 'USER 1000' --change 'LABEL label=value' --change 'VOLUME /data' --change 'EXPOSE 8080' \
                              %1$s.tar docker.io/library/entry:latest
                            """
                                    .formatted(root))
                    .orFail();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        try (TestHost closing = host) {
            try {
                podman.clean();
                podman.run("C system reset -f");
                gantry.clean();
            } finally {
                daemon.close();
                Command.run("ip", "netns", "del", closing.name() + "-p");
                Command.run("rm", "-rf", "--one-file-system", PODMAN_RUN.toString());
            }
        }
    }

    @TestFactory
    Stream<DynamicContainer> commandLines() throws IOException {
        List<DynamicContainer> all = new ArrayList<>();
        for (String file : FILES.split(",", -1)) {
            for (ParitySection section : ParitySection.read(file)) {
                all.add(container(file, section));
            }
        }
        return all.stream();
    }

    private static DynamicContainer container(String file, ParitySection section) {
        Stream<DynamicTest> clean =
                Stream.of(
                        DynamicTest.dynamicTest(
                                "a clean slate for " + section.name(),
                                () -> {
                                    podman.clean();
                                    gantry.clean();
                                }));
        Stream<DynamicTest> lines =
                section.lines().stream()
                        .map(
                                line ->
                                        DynamicTest.dynamicTest(
                                                "%s:%d %s"
                                                        .formatted(
                                                                file,
                                                                line.number(),
                                                                line.command()),
                                                () -> compare(line)));
        return DynamicContainer.dynamicContainer(
                file + ": " + section.name(), Stream.concat(clean, lines));
    }

    private static void compare(ParitySection.Line line) throws Exception {
        if (line.expectation()
                instanceof ParityExpectation.Only(int code, Pattern what, String _)) {
            Command.Result ours = gantry.run(line.command());
            String all = line.command() + "\ngantry " + said(ours);
            assertThat(ours.exitCode()).as("%s", all).isEqualTo(code);
            assertThat(ours.stdout() + ours.stderr()).as("%s", all).containsPattern(what);
            return;
        }
        try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Command.Result> theirs = both.submit(task(podman, line));
            Future<Command.Result> ours = both.submit(task(gantry, line));
            judge(line, theirs.get(), ours.get());
        } catch (ExecutionException e) {
            throw new AssertionError(line.command(), e);
        }
    }

    private static Callable<Command.Result> task(ParityPeer peer, ParitySection.Line line) {
        return () -> peer.run(line.command());
    }

    private static void judge(ParitySection.Line line, Command.Result theirs, Command.Result ours) {
        String both =
                "%s\npodman %s\ngantry %s".formatted(line.command(), said(theirs), said(ours));
        switch (line.expectation()) {
            case ParityExpectation.Differs(int podmans, int gantrys, String _) -> {
                assertThat(theirs.exitCode()).as("%s", both).isEqualTo(podmans);
                assertThat(ours.exitCode()).as("%s", both).isEqualTo(gantrys);
            }
            case ParityExpectation.Alike() -> {
                assertThat(ours.exitCode()).as("%s", both).isEqualTo(theirs.exitCode());
                assertThat(ours.stdout().isBlank())
                        .as("%s", both)
                        .isEqualTo(theirs.stdout().isBlank());
            }
            case ParityExpectation.Same() -> {
                assertThat(ours.exitCode()).as("%s", both).isEqualTo(theirs.exitCode());
                assertThat(plain(ours)).as("%s", both).isEqualTo(plain(theirs));
            }
            case ParityExpectation.Says(Pattern what) -> {
                assertThat(ours.exitCode()).as("%s", both).isEqualTo(dockers(line, theirs));
                assertThat(theirs.stdout() + theirs.stderr()).as("%s", both).containsPattern(what);
                assertThat(ours.stdout() + ours.stderr()).as("%s", both).containsPattern(what);
            }
            case ParityExpectation.Refuses(Pattern what) -> {
                assertThat(ours.exitCode()).as("%s", both).isEqualTo(125);
                assertThat(theirs.exitCode()).as("%s", both).isNotZero();
                assertThat(theirs.stdout() + theirs.stderr()).as("%s", both).containsPattern(what);
                assertThat(ours.stdout() + ours.stderr()).as("%s", both).containsPattern(what);
            }
            case ParityExpectation.Only(int _, Pattern _, String _) ->
                    throw new AssertionError("not judged");
        }
    }

    /**
     * What docker exits with where podman exits so: podman says 125, 2 or 255 of most failures,
     * docker 1 of all that are not those of {@code run} and {@code create}.
     */
    private static int dockers(ParitySection.Line line, Command.Result podmans) {
        boolean runs = RUNS.matcher(line.command()).find();
        int code = podmans.exitCode();
        return !runs && (code == 125 || code == 2 || code == 255) ? 1 : code;
    }

    private static String said(Command.Result result) {
        return "exit %d\n  stdout: %s\n  stderr: %s"
                .formatted(result.exitCode(), result.stdout().strip(), result.stderr().strip());
    }

    /** Standard output without what differs from run to run. */
    private static String plain(Command.Result result) {
        return IDS.matcher(result.stdout())
                .replaceAll("<id>")
                .lines()
                .map(String::stripTrailing)
                .reduce("", (all, next) -> all + next + "\n");
    }
}
