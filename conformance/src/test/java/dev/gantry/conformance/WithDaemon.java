package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInfo;

/**
 * A test class whose tests share a host, a daemon on it, and a folder of configurations, all named
 * after the class.
 */
abstract class WithDaemon {
    static TestHost host;
    static Daemon daemon;
    static Gantry gantry;
    static Configs configs;

    @BeforeAll
    static void startDaemon(TestInfo test) throws Exception {
        String label =
                test.getTestClass()
                        .orElseThrow()
                        .getSimpleName()
                        .replace("Test", "")
                        .toLowerCase(Locale.ROOT);
        host = TestHost.start(label);
        daemon = host.daemon(label).start();
        gantry = Gantry.of(host, daemon);
        configs = new Configs(host.work().resolve("configs"));
    }

    @AfterAll
    static void stopDaemon() throws Exception {
        try (TestHost closing = host;
                Daemon first = daemon) {
            assertThat(first).isNotNull();
            assertThat(closing).isNotNull();
        }
    }

    /** What crictl printed; it must succeed. */
    static String ok(String... arguments) {
        return daemon.crictl(arguments).orFail().line();
    }

    /** Pulls an image that the daemon does not have. */
    static void present(String image) {
        if (!ok("images", "-q", image).startsWith("sha256:")) {
            ok("pull", image);
        }
    }

    /** A running pod of a handler, the empty one being the daemon's default. */
    static String runPod(String handler, String config) {
        return handler.isEmpty() ? ok("runp", config) : ok("runp", "--runtime", handler, config);
    }

    /** A pod of a handler, removed with all that is in it. */
    record Pod(String id, String config, String name) implements AutoCloseable {
        static Pod run(String name, String handler) throws IOException {
            return run(name, handler, "");
        }

        /** With more members of the pod's configuration, each with a comma in front. */
        static Pod run(String name, String handler, String extra) throws IOException {
            String whole = name + (handler.isEmpty() ? "" : "-" + handler);
            String config = configs.pod(whole, extra);
            String id = runPod(handler, config);
            return new Pod(id, config, whole);
        }

        String start(String container) {
            String id = ok("create", id(), container, config());
            ok("start", id);
            return id;
        }

        /** Runs a container to its end and returns what it wrote. */
        String output(String container) throws InterruptedException {
            String id = start(container);
            await(
                    () -> ok("inspect", "-o", "json", id).contains("CONTAINER_EXITED"),
                    "the end of container " + id);
            Command.Result logs = daemon.crictl("logs", id);
            return logs.stdout() + logs.stderr();
        }

        String refused(String container) {
            Command.Result created = daemon.crictl("create", id(), container, config());
            return created.exitCode() != 0
                    ? created.stderr()
                    : daemon.crictl("start", created.line()).stderr();
        }

        @Override
        public void close() {
            ok("rmp", "-f", id());
        }
    }

    static void await(BooleanSupplier condition, String what) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("still waiting for " + what + " after 30 s");
            }
            Thread.sleep(50);
        }
    }
}
