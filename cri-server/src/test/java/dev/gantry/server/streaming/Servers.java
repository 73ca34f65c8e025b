package dev.gantry.server.streaming;

import dev.gantry.runtime.StreamOptions;
import dev.gantry.server.config.Settings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What tests of the server ask for again and again. */
final class Servers {
    private Servers() {}

    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration CREATION = Duration.ofSeconds(30);

    static Settings.Streaming settings() {
        return settings(IDLE, CREATION);
    }

    static Settings.Streaming settings(Duration idle, Duration creation) {
        return new Settings.Streaming(anyPort(), idle, creation, Optional.empty());
    }

    static Settings.Streaming settings(Settings.Tls tls) {
        return new Settings.Streaming(anyPort(), IDLE, CREATION, Optional.of(tls));
    }

    private static InetSocketAddress anyPort() {
        return InetSocketAddress.createUnresolved("127.0.0.1", 0);
    }

    /** A shell script, with pipes. */
    static StreamRequest script(String script) {
        return new StreamRequest.Exec(
                "c", List.of("sh", "-c", script), new StreamOptions(false, true, true, true));
    }

    /** A shell script, as with a terminal. */
    static StreamRequest terminal(String script) {
        return new StreamRequest.Exec(
                "c", List.of("sh", "-c", script), new StreamOptions(true, true, true, false));
    }

    static StreamRequest forward(Integer... ports) {
        return new StreamRequest.PortForward("p", List.of(ports));
    }

    static void await(BooleanSupplier condition, String what) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("still waiting for " + what + " after 30 s");
            }
            Thread.sleep(10);
        }
    }
}
