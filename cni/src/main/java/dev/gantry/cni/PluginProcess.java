package dev.gantry.cni;

import dev.gantry.model.Failure;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One run of one plugin: configuration to its standard input, what it says from its two outputs,
 * both bounded, and a deadline after which it and its children are killed. An interrupt of the
 * calling thread does not end it, half an ADD is worse than a late answer; it is kept for later.
 */
final class PluginProcess {
    static final int STDOUT_LIMIT_BYTES = 1 << 20;
    static final int STDERR_LIMIT_BYTES = 16 << 10;

    /** How often the pipes are emptied; the end of the process is noticed at once. */
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** How long a killed process is waited for; it may hang in the kernel. */
    private static final long REAP_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How the run ended; {@code stderr} has at most 16 KiB. */
    sealed interface Outcome {
        String stderr();

        /** It ended by itself. */
        record Exited(int code, String stdout, String stderr) implements Outcome {}

        /** It was killed at the deadline. */
        record TimedOut(String stderr) implements Outcome {}

        /** It was killed because it wrote more than 1 MiB to standard output. */
        record TooLong(String stderr) implements Outcome {}
    }

    private final Process process;
    private boolean interrupted;

    private PluginProcess(Process process) {
        this.process = process;
    }

    /** Runs the command to its end; INTERNAL when it cannot be started. */
    static Outcome run(
            List<String> command,
            Map<String, String> environment,
            byte[] input,
            Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        PluginProcess plugin = start(command, environment);
        try {
            Thread.ofVirtual().name("cni-stdin").start(() -> plugin.feed(input));
            return plugin.finish(end);
        } catch (IOException e) {
            throw Failure.of("read the output of " + String.join(" ", command), e);
        } finally {
            plugin.killAll();
            if (plugin.interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static PluginProcess start(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
        // Neither the daemon's affairs with systemd nor a CNI call that started it are a plugin's.
        builder.environment()
                .keySet()
                .removeIf(
                        name ->
                                name.equals("NOTIFY_SOCKET")
                                        || name.startsWith("LISTEN_")
                                        || name.startsWith("CNI_"));
        builder.environment().putAll(environment);
        try {
            return new PluginProcess(builder.start());
        } catch (IOException e) {
            throw Failure.of("start " + String.join(" ", command), e);
        }
    }

    private void feed(byte[] input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // A plugin that ends without reading its input is judged by its exit code.
        }
    }

    private Outcome finish(long end) throws IOException {
        BoundedOutput stdout = new BoundedOutput(process.getInputStream(), STDOUT_LIMIT_BYTES);
        BoundedOutput stderr = new BoundedOutput(process.getErrorStream(), STDERR_LIMIT_BYTES);
        while (true) {
            boolean exited = await(Math.min(POLL_NANOS, end - System.nanoTime()));
            stdout.drain();
            stderr.drain();
            String said = stderr.text().strip();
            if (stdout.over()) {
                return new Outcome.TooLong(said);
            }
            if (exited) {
                return new Outcome.Exited(process.exitValue(), stdout.text(), said);
            }
            if (System.nanoTime() >= end) {
                return new Outcome.TimedOut(said);
            }
        }
    }

    private boolean await(long nanos) {
        long end = System.nanoTime() + nanos;
        while (true) {
            try {
                return process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    /** Kills what is left of it; children first seen, then killed, since they outlive a parent. */
    private void killAll() {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        for (ProcessHandle child : children) {
            child.descendants().forEach(ProcessHandle::destroyForcibly);
            child.destroyForcibly();
        }
        await(REAP_NANOS);
    }
}
