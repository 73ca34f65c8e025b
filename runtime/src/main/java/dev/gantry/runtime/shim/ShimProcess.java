package dev.gantry.runtime.shim;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.process.PidFd;
import dev.gantry.linux.process.Signals;
import dev.gantry.model.Failure;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The shim as a process: starting it, and ending one that no longer answers. */
public final class ShimProcess {
    private static final Duration DEATH = Duration.ofSeconds(10);

    private ShimProcess() {}

    /** Starts the shim of a pod; when this returns its socket is there. */
    public static void start(Path binary, Path dir, String podId, Duration deadline) {
        ProcessBuilder builder =
                new ProcessBuilder(
                        List.of(binary.toString(), "--dir", dir.toString(), "--id", podId));
        builder.directory(new File("/"));
        builder.environment().clear();
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = builder.start();
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new Failure(
                        Failure.Code.DEADLINE_EXCEEDED,
                        "%s was not ready within %d s".formatted(binary, deadline.toSeconds()));
            }
            if (process.exitValue() != 0) {
                String said =
                        new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
                throw Failure.internal(
                        "%s ended with %d: %s"
                                .formatted(binary, process.exitValue(), said.strip()));
            }
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "start the shim %s: %s".formatted(binary, e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted", e);
        }
    }

    /** Kills the shim that the pid file names, if that process is one of this pod. Idempotent. */
    public static void kill(Path dir, String podId) {
        try {
            Path file = dir.resolve("shim.pid");
            if (!Files.exists(file)) {
                return;
            }
            int pid = Integer.parseInt(Files.readString(file).strip());
            var process = PidFd.open(pid);
            if (process.isPresent()) {
                try (PidFd shim = process.get()) {
                    // Checked after the descriptor is open: from here on it cannot be another.
                    if (isShim(pid, dir, podId)) {
                        shim.signal(Signals.SIGKILL);
                        await(shim, pid);
                    }
                }
            }
        } catch (IOException | NumberFormatException e) {
            throw Failure.of("end the shim of pod " + podId, e);
        }
    }

    /** Waits until a shim that was told to end has ended, and kills it when it does not. */
    private static void await(PidFd shim, int pid) throws ErrnoException {
        if (!shim.awaitEnd(DEATH)) {
            throw new Failure(
                    Failure.Code.DEADLINE_EXCEEDED,
                    "the shim, process " + pid + ", does not end on SIGKILL");
        }
    }

    private static boolean isShim(int pid, Path dir, String podId) throws IOException {
        byte[] raw;
        try {
            raw = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
        } catch (IOException _) {
            return false;
        }
        List<String> arguments = List.of(new String(raw, StandardCharsets.UTF_8).split("\0", -1));
        return arguments.contains(podId) && arguments.contains(dir.toString());
    }
}
