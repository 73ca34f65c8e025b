package dev.gantry.runtime.seccomp;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciJson;
import dev.gantry.runtime.oci.OciSeccomp;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/** Seccomp profiles, resolved for a container's capabilities. */
public final class SeccompProfiles {
    private SeccompProfiles() {}

    /** The default profile (CRI RuntimeDefault) for a container with these capabilities. */
    public static OciSeccomp defaults(Set<String> capabilities) {
        try (InputStream in = SeccompProfiles.class.getResourceAsStream("default.json")) {
            if (in == null) {
                throw Failure.internal("the default seccomp profile is missing in this build");
            }
            return parse(in.readAllBytes(), capabilities);
        } catch (IOException e) {
            throw Failure.of("read the default seccomp profile", e);
        }
    }

    /**
     * A profile from a file in docker's or OCI's form (CRI Localhost). INVALID_ARGUMENT says what
     * is wrong in it.
     */
    public static OciSeccomp parse(byte[] json, Set<String> capabilities) {
        return OciJson.read(json, OciSeccomp.class);
    }
}
