package dev.gantry.runtime.plan;

import dev.gantry.runtime.oci.OciMount;
import java.util.Set;

/** SELinux labels of file systems that a container gets (OCI config, {@code linux.mountLabel}). */
final class Labels {
    /** The others have labels by the policy, and refuse one by option. */
    private static final Set<String> LABELLED = Set.of("tmpfs", "devpts", "overlay", "ramfs");

    private Labels() {}

    /** The data of a mount, with the label where its file system takes one. */
    static String of(OciMount mount, String data, String label) {
        return label.isEmpty() || !LABELLED.contains(mount.type()) || data.contains("context=")
                ? data
                : context(data, label);
    }

    /** Quoted, since a level's categories are separated by commas. */
    static String context(String data, String label) {
        return (data.isEmpty() ? "" : data + ",") + "context=\"" + label + "\"";
    }
}
