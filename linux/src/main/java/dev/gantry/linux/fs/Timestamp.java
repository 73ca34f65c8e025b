package dev.gantry.linux.fs;

/**
 * A point in time as file systems keep it.
 *
 * @param seconds since 1970, may be negative
 * @param nanos 0 to 999,999,999, added to the seconds
 */
public record Timestamp(long seconds, int nanos) {
    public static final Timestamp EPOCH = new Timestamp(0, 0);

    public Timestamp {
        if (nanos < 0 || nanos > 999_999_999) {
            throw new IllegalArgumentException("nanoseconds out of range: " + nanos);
        }
    }

    /** Two struct timespec, as utimensat takes them. */
    static long[] pair(Timestamp access, Timestamp modification) {
        return new long[] {access.seconds, access.nanos, modification.seconds, modification.nanos};
    }
}
