package dev.gantry.local;

/** What a wait waits for. */
public enum WaitCondition {
    /** It does not run; at once when that is so. */
    NOT_RUNNING,
    /** The next time that it ends. */
    NEXT_EXIT,
    REMOVED
}
