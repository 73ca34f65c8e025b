package dev.gantry.runtime.seccomp;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciSeccomp;
import java.util.Set;

/** Seccomp profiles, resolved for a container's capabilities. */
public final class SeccompProfiles {
    private SeccompProfiles() {}

    /** The default profile (CRI RuntimeDefault) for a container with these capabilities. */
    public static OciSeccomp defaults(Set<String> capabilities) {
        throw new Failure(Failure.Code.UNIMPLEMENTED, "seccomp profile for " + capabilities);
    }

    /**
     * A profile from a file in docker's or OCI's form (CRI Localhost). INVALID_ARGUMENT says what
     * is wrong in it.
     */
    public static OciSeccomp parse(byte[] json, Set<String> capabilities) {
        throw new Failure(
                Failure.Code.UNIMPLEMENTED,
                "seccomp profile of " + json.length + " bytes for " + capabilities);
    }
}
