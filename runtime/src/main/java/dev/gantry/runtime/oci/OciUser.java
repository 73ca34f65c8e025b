package dev.gantry.runtime.oci;

import java.util.List;
import java.util.OptionalInt;

/** Whom a process runs as (OCI config, {@code process.user}); ids as seen in the container. */
public record OciUser(long uid, long gid, OptionalInt umask, List<Long> additionalGids) {
    public static final OciUser ROOT = new OciUser(0, 0, OptionalInt.empty(), List.of());

    public OciUser {
        additionalGids = List.copyOf(additionalGids);
    }
}
