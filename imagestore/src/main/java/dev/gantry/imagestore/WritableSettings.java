package dev.gantry.imagestore;

/**
 * How writable layers are held to their size.
 *
 * @param quota of layers that nobody asks another for; the store does not open with a limit that
 *     its file system cannot keep
 * @param projects whose project quotas are the store's own
 */
public record WritableSettings(WritableQuota quota, ProjectRange projects) {
    /** No limit. */
    public static final WritableSettings DEFAULT =
            new WritableSettings(new WritableQuota.Unlimited(), ProjectRange.DEFAULT);
}
