package dev.gantry.runtime.oci;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * A mount of a container (OCI config, {@code mounts}); options as of mount(8), among them the
 * propagation ({@code rslave}, {@code rshared}, {@code rprivate}) and {@code bind}/{@code rbind}.
 */
public record OciMount(String destination, String type, String source, List<String> options) {
    public OciMount {
        options = List.copyOf(options);
    }

    /** A bind of a host path; options besides {@code rbind}. */
    public static OciMount bind(String source, String destination, List<String> options) {
        var all = new java.util.ArrayList<String>();
        all.add("rbind");
        all.addAll(options);
        return new OciMount(destination, "bind", source, all);
    }

    /** Whether it binds a host path rather than making a new file system. */
    @JsonIgnore
    public boolean isBind() {
        return type.equals("bind") || options.contains("bind") || options.contains("rbind");
    }
}
