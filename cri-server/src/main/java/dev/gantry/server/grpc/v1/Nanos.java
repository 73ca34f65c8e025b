package dev.gantry.server.grpc.v1;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as {@code gantry.v1} has them. */
final class Nanos {
    private Nanos() {}

    /** Since the epoch. */
    static long of(Instant at) {
        return ChronoUnit.NANOS.between(Instant.EPOCH, at);
    }
}
