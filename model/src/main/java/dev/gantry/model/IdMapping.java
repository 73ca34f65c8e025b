package dev.gantry.model;

/**
 * A range of user or group ids of a user namespace (CRI IDMapping; a line of {@code
 * /proc/PID/uid_map}): {@code length} ids from {@code containerId} on inside are those from {@code
 * hostId} on outside.
 */
public record IdMapping(long containerId, long hostId, long length) {
    /** One more than the greatest id: the greatest 32-bit number stands for no id at all. */
    private static final long END = 0xffffffffL;

    public IdMapping {
        if (containerId < 0 || hostId < 0 || length < 1) {
            throw Failure.invalid(
                    "the id mapping %d %d %d is empty or negative"
                            .formatted(containerId, hostId, length));
        }
        if (containerId + length > END || hostId + length > END) {
            throw Failure.invalid(
                    "the id mapping %d %d %d goes beyond the greatest id, 4294967294"
                            .formatted(containerId, hostId, length));
        }
    }
}
