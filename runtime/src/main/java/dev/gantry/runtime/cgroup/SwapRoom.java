package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciMemory;
import java.util.OptionalLong;

/**
 * How much swap a group may use besides its memory: CRI and version 1 count both together, version
 * 2 counts swap alone.
 */
public final class SwapRoom {
    private SwapRoom() {}

    /** Bytes of swap, -1 for no bound; empty when nothing is said. */
    public static OptionalLong of(OciMemory memory) {
        if (memory.swap().isEmpty()) {
            return OptionalLong.empty();
        }
        long both = memory.swap().getAsLong();
        if (both < 0) {
            return OptionalLong.of(-1);
        }
        long limit = memory.limit().orElse(0);
        if (limit <= 0) {
            throw Failure.invalid(
                    "a limit of memory and swap together (%d) needs a limit of memory"
                            .formatted(both));
        }
        if (both < limit) {
            throw Failure.invalid(
                    "the limit of memory and swap together (%d) is below that of memory (%d)"
                            .formatted(both, limit));
        }
        return OptionalLong.of(both - limit);
    }
}
