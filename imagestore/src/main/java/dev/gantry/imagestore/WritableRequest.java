package dev.gantry.imagestore;

/**
 * What is asked of a container's writable layer.
 *
 * @param durable whether what the container syncs has to outlive a reboot; if not, and where the
 *     kernel can, its file system is mounted so that nothing waits for the disk
 */
public record WritableRequest(WritableQuota quota, boolean durable) {
    /** The node's quota, and durable. */
    public static final WritableRequest DEFAULT =
            new WritableRequest(new WritableQuota.OfNode(), true);
}
