package dev.gantry.local;

import dev.gantry.model.Failure;

/**
 * Whether a container that has ended is started again (docker's restart policy).
 *
 * @param maximumRetries for {@link Condition#ON_FAILURE}; 0 without end
 */
public record RestartPolicy(Condition condition, int maximumRetries) {
    public static final RestartPolicy NO = new RestartPolicy(Condition.NO, 0);

    /** When. */
    public enum Condition {
        NO,
        ON_FAILURE,
        ALWAYS,
        UNLESS_STOPPED
    }

    public RestartPolicy {
        if (maximumRetries < 0) {
            throw Failure.invalid("the maximum of retries is negative");
        }
        if (maximumRetries > 0 && condition != Condition.ON_FAILURE) {
            throw Failure.invalid("a maximum of retries goes with restart policy on-failure only");
        }
    }

    /** Whether a container that has ended by itself is started again. */
    boolean afterEnd(int exitCode, int restarts) {
        return switch (condition) {
            case NO -> false;
            case ON_FAILURE -> exitCode != 0 && (maximumRetries == 0 || restarts < maximumRetries);
            case ALWAYS, UNLESS_STOPPED -> true;
        };
    }

    /**
     * Whether a container that does not run is started when the daemon is.
     *
     * @param stopped whether a person stopped it
     */
    boolean atBoot(boolean stopped, int exitCode, int restarts) {
        return switch (condition) {
            case ALWAYS -> true;
            case NO, ON_FAILURE, UNLESS_STOPPED -> !stopped && afterEnd(exitCode, restarts);
        };
    }

    /** As docker writes it. */
    @Override
    public String toString() {
        return switch (condition) {
            case NO -> "no";
            case ALWAYS -> "always";
            case UNLESS_STOPPED -> "unless-stopped";
            case ON_FAILURE -> maximumRetries == 0 ? "on-failure" : "on-failure:" + maximumRetries;
        };
    }
}
