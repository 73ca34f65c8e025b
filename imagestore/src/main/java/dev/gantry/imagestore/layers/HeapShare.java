package dev.gantry.imagestore.layers;

import dev.gantry.model.Failure;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for the names of one layer, out of a quarter of the heap for all that are made at once.
 */
final class HeapShare {
    private static final long ALL = Runtime.getRuntime().maxMemory() / 4;
    private static final AtomicLong TAKEN = new AtomicLong();

    private long taken;

    /** The reason why a layer cannot be made as an image just now; a directory takes no memory. */
    static final class Exhausted extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Takes more; RESOURCE_EXHAUSTED when there is no more. */
    void take(long bytes) {
        taken += bytes;
        if (TAKEN.addAndGet(bytes) > ALL) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "layer has more names than the daemon's heap has room for while an image of it"
                            + " is made",
                    new Exhausted());
        }
    }

    /** Whether a failure is about this, so that a directory would do. */
    static boolean isReasonOf(Failure failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof Exhausted) {
                return true;
            }
        }
        return false;
    }

    /** Gives all back. */
    void release() {
        TAKEN.addAndGet(-taken);
        taken = 0;
    }
}
