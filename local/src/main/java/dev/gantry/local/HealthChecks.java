package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState.Running;
import dev.gantry.engine.ExecOutput;
import dev.gantry.model.Failure;
import dev.gantry.model.HealthConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out again and again whether containers do their work, on a thread for each that has a test.
 */
final class HealthChecks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration START_INTERVAL = Duration.ofSeconds(5);
    private static final int RETRIES = 3;
    private static final int OUTPUT = 4096;

    private final Machine machine;
    private final Entries entries;
    private final Teller teller;
    private final ConcurrentHashMap<String, Thread> threads = new ConcurrentHashMap<>();

    HealthChecks(Machine machine, Entries entries, Teller teller) {
        this.machine = machine;
        this.entries = entries;
        this.teller = teller;
    }

    /**
     * A container runs: begins, if it has a test.
     *
     * @param anew whether it has just been started, rather than been found running
     */
    void begin(Entry entry, boolean anew) {
        if (!entry.settings().health().present()) {
            return;
        }
        if (anew) {
            entries.change(entry.id(), e -> e.with(HealthState.STARTING));
        }
        Thread thread =
                Thread.ofVirtual().name("health " + entry.id()).unstarted(() -> run(entry.id()));
        stop(threads.put(entry.id(), thread));
        thread.start();
    }

    /** A container does not run any more. */
    void end(String id) {
        stop(threads.remove(id));
    }

    private static void stop(@org.jspecify.annotations.Nullable Thread thread) {
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public void close() {
        threads.keySet().forEach(this::end);
    }

    private void run(String id) {
        try {
            Instant startedAt = running(id).map(Running::startedAt).orElseGet(Instant::now);
            while (once(id, startedAt)) {
                // Until it has ended.
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("container", id)
                    .addKeyValue("error", e.getMessage())
                    .log("the health check has ended");
        }
    }

    private Optional<Running> running(String id) {
        return machine.container(id)
                .map(Container::state)
                .filter(Running.class::isInstance)
                .map(Running.class::cast);
    }

    /** Waits and tests once; returns whether there is more to do. */
    private boolean once(String id, Instant startedAt) throws InterruptedException {
        Optional<Entry> before = entries.find(id);
        if (before.isEmpty()) {
            return false;
        }
        HealthConfig config = before.get().settings().health();
        Instant grace = startedAt.plus(config.startPeriod());
        Thread.sleep(pause(config, before.get().health(), Instant.now().isBefore(grace)));
        Optional<Running> now = running(id);
        if (now.isEmpty() || !mine(id)) {
            return false;
        }
        if (!now.get().paused()) {
            record(id, test(id, config), grace);
        }
        return mine(id);
    }

    /** Whether this thread is still the one that tests the container. */
    private boolean mine(String id) {
        return Thread.currentThread().equals(threads.get(id));
    }

    static Duration pause(HealthConfig config, HealthState state, boolean inGrace) {
        if (inGrace && state.status() == HealthState.Status.STARTING) {
            return config.startInterval().isZero() ? START_INTERVAL : config.startInterval();
        }
        return config.interval().isZero() ? INTERVAL : config.interval();
    }

    private void record(String id, HealthState.Result result, Instant grace) {
        if (!mine(id) || entries.find(id).isEmpty()) {
            return;
        }
        HealthState.Status before = entries.find(id).map(e -> e.health().status()).orElseThrow();
        Entry after =
                entries.change(
                        id,
                        entry -> {
                            HealthState state = entry.health();
                            int asked = entry.settings().health().retries();
                            boolean counts =
                                    state.status() != HealthState.Status.STARTING
                                            || !result.startedAt().isBefore(grace);
                            return entry.with(
                                    state.with(result, counts, asked == 0 ? RETRIES : asked));
                        });
        HealthState.Status status = after.health().status();
        if (status != before) {
            teller.event(after, "health_status: " + status, Map.of());
            tell(after, status, result);
        }
    }

    private void tell(Entry entry, HealthState.Status status, HealthState.Result result) {
        Duration took = Duration.between(result.startedAt(), result.endedAt());
        String what = "its health check found it " + status;
        if (status == HealthState.Status.UNHEALTHY) {
            String words = "exit code %d: %s".formatted(result.exitCode(), result.output());
            teller.narrator(entry).failed(what, took, words);
        } else {
            teller.narrator(entry).reached(what);
        }
    }

    private HealthState.Result test(String id, HealthConfig config) {
        Duration timeout = config.timeout().isZero() ? INTERVAL : config.timeout();
        Instant startedAt = Instant.now();
        try {
            ExecOutput output = machine.exec(id, command(config.test()), timeout);
            return new HealthState.Result(
                    startedAt, Instant.now(), output.exitCode(), text(output));
        } catch (Failure e) {
            String said =
                    e.code() == Failure.Code.DEADLINE_EXCEEDED
                            ? "Health check exceeded timeout (%s)".formatted(timeout)
                            : e.message();
            return new HealthState.Result(startedAt, Instant.now(), -1, said);
        }
    }

    static List<String> command(List<String> test) {
        List<String> rest = test.subList(1, test.size());
        return switch (test.getFirst()) {
            case "CMD" -> rest;
            case "CMD-SHELL" -> List.of("/bin/sh", "-c", String.join(" ", rest));
            default ->
                    throw Failure.invalid(
                            "a health check's test begins with NONE, CMD or CMD-SHELL, not \"%s\""
                                    .formatted(test.getFirst()));
        };
    }

    private static String text(ExecOutput output) {
        byte[] all =
                Arrays.copyOf(output.stdout(), output.stdout().length + output.stderr().length);
        System.arraycopy(output.stderr(), 0, all, output.stdout().length, output.stderr().length);
        return new String(all, 0, Math.min(all.length, OUTPUT), StandardCharsets.UTF_8);
    }
}
