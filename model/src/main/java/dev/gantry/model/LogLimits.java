package dev.gantry.model;

/**
 * How much of a container's output is kept.
 *
 * @param maxSize at how many bytes the file is moved away and a new one begun; 0: never
 * @param maxFiles how many files there are at most, with the one that is written; at least 1
 */
public record LogLimits(long maxSize, int maxFiles) {
    /** All of it, in one file, unless somebody else moves it away. */
    public static final LogLimits NONE = new LogLimits(0, 1);

    public LogLimits {
        if (maxSize < 0 || maxFiles < 1) {
            throw Failure.invalid(
                    "a log of %d files of %d bytes: the size cannot be negative, and there is one file at least"
                            .formatted(maxFiles, maxSize));
        }
    }

    /** Whether there is a limit. */
    public boolean rotated() {
        return maxSize > 0;
    }
}
