package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for a freezer, which takes its time where a process is inside the kernel. */
final class Freezing {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private Freezing() {}

    /** Asks until the group is frozen; thaws it again when it does not come to that. */
    static void until(Path file, BooleanSupplier frozen, Runnable thaw) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!frozen.getAsBoolean()) {
                if (System.nanoTime() > end) {
                    throw new Failure(
                            Failure.Code.DEADLINE_EXCEEDED,
                            "%s: not frozen within %d s; a process hangs in the kernel (look at /proc/<pid>/stack)"
                                    .formatted(file, PATIENCE.toSeconds()));
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } catch (RuntimeException e) {
            try {
                thaw.run();
            } catch (RuntimeException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    static Failure unable() {
        return Failure.precondition(
                "this machine's control groups have no freezer: mount the freezer controller, or use"
                        + " version 2 with a kernel of 5.2 or newer");
    }
}
