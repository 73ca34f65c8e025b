package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code kill -9} of the daemon harms nothing that runs, and nothing that happened meanwhile is
 * lost.
 */
@Tag("root")
@Tag("go")
class KillTest {
    private static final int PODS = 10;
    private static final Pattern LINE = Pattern.compile("\\S+ stdout F line (\\d+)");
    private static final String WRITER =
            "n=0; while :; do n=$((n+1)); echo line $n; sleep 0.01; done";

    @Test
    void podsOutliveTheDaemon() throws Exception {
        try (TestHost host = TestHost.start("kill");
                Daemon daemon = host.daemon("kill").start()) {
            Configs configs = new Configs(host.work().resolve("configs"));
            daemon.crictl("pull", Configs.BUSYBOX).orFail();
            List<String> writers = new ArrayList<>();
            for (int i = 0; i < PODS; i++) {
                writers.add(run(daemon, configs, "writer" + i, WRITER));
            }
            String leaver =
                    run(
                            daemon,
                            configs,
                            "leaver",
                            "while [ ! -e /go ]; do sleep 0.05; done; exit 23");
            List<String> before = new ArrayList<>();
            for (String writer : writers) {
                before.add(facts(daemon, writer));
            }
            Path merged = rootOf(daemon, leaver);

            daemon.kill();
            Instant down = Instant.now();
            Files.createFile(merged.resolve("go"));
            Thread.sleep(1500);
            Instant up = Instant.now();
            daemon.start();

            for (int i = 0; i < PODS; i++) {
                assertThat(facts(daemon, writers.get(i)))
                        .isEqualTo(before.get(i))
                        .startsWith("CONTAINER_RUNNING");
                assertThat(
                                daemon.crictl("exec", "-s", writers.get(i), "echo", "again")
                                        .orFail()
                                        .line())
                        .isEqualTo("again");
            }
            assertThat(inspect(daemon, leaver, "{{.status.state}} {{.status.exitCode}}"))
                    .isEqualTo("CONTAINER_EXITED 23");
            assertThat(Instant.parse(inspect(daemon, leaver, "{{.status.finishedAt}}")))
                    .isBetween(down.minusMillis(100), up);

            for (String writer : writers) {
                daemon.crictl("stop", "--timeout", "0", writer).orFail();
            }
            for (int i = 0; i < PODS; i++) {
                assertThat(numbered(configs.log("writer" + i, "writer" + i))).isGreaterThan(100);
            }
            daemon.crictl("rmp", "--all", "--force").orFail();
            assertThat(daemon.crictl("ps", "-a", "-q").orFail().line()).isEmpty();
        }
    }

    private static String run(Daemon daemon, Configs configs, String name, String script)
            throws IOException {
        String pod = configs.pod(name, "");
        String podId = daemon.crictl("runp", pod).orFail().line();
        String id =
                daemon.crictl("create", podId, configs.shell(name, script, ""), pod)
                        .orFail()
                        .line();
        daemon.crictl("start", id).orFail();
        return id;
    }

    private static String facts(Daemon daemon, String container) {
        return inspect(
                daemon,
                container,
                "{{.status.state}} {{.status.id}} {{.status.startedAt}} {{.info.pid}}");
    }

    private static String inspect(Daemon daemon, String container, String template) {
        return daemon.crictl("inspect", "-o", "go-template", "--template", template, container)
                .orFail()
                .line();
    }

    /** The container's root as seen through its process; there is no mount of it on the host. */
    private static Path rootOf(Daemon daemon, String container) {
        return Path.of("/proc", inspect(daemon, container, "{{.info.pid}}"), "root");
    }

    /**
     * The number of lines of the log, after checking that they count up from 1 without a gap or a
     * repetition.
     */
    private static int numbered(Path log) throws IOException {
        int expected = 1;
        for (String line : Files.readAllLines(log)) {
            Matcher matcher = LINE.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            assertThat(Integer.parseInt(matcher.group(1)))
                    .as("line after %d in %s", expected - 1, log)
                    .isEqualTo(expected);
            expected++;
        }
        return expected - 1;
    }
}
