package dev.gantry.runtime.cgroup;

/** Processor shares of version 1 as a weight of version 2. */
public final class CpuWeight {
    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;
    private static final long MAX_WEIGHT = 10_000;

    private CpuWeight() {}

    /**
     * Shares of 2 to 262144 as a weight of 1 to 10000: a curve through both ends and through the
     * two defaults, 1024 and 100, so that a request of one processor weighs as much as a group that
     * nobody has touched (runc and kubelet since 2025).
     */
    public static long of(long shares) {
        if (shares <= MIN_SHARES) {
            return 1;
        }
        if (shares >= MAX_SHARES) {
            return MAX_WEIGHT;
        }
        double power = Math.log((double) shares) / Math.log(2);
        double exponent = (power * power + 125 * power) / 612 - 7.0 / 34;
        return (long) Math.ceil(Math.pow(10, exponent));
    }
}
