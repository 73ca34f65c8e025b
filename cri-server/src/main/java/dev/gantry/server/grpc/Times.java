package dev.gantry.server.grpc;

import java.time.Instant;

/** CRI's timestamps: nanoseconds since the epoch. */
public final class Times {
    private Times() {}

    /** Of a time. */
    public static long nanos(Instant at) {
        return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000_000L), at.getNano());
    }
}
