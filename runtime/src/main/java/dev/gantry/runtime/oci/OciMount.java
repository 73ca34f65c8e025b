package dev.gantry.runtime.oci;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.gantry.model.IdMappings;
import java.util.List;

/**
 * A mount of a container (OCI config, {@code mounts}); options as of mount(8), among them the
 * propagation ({@code rslave}, {@code rshared}, {@code rprivate}) and {@code bind}/{@code rbind}.
 */
public record OciMount(
        String destination,
        String type,
        String source,
        List<String> options,
        List<OciIdMapping> uidMappings,
        List<OciIdMapping> gidMappings) {
    public OciMount {
        options = List.copyOf(options);
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
    }

    /** A mount whose files have the ids that they have on disk. */
    public OciMount(String destination, String type, String source, List<String> options) {
        this(destination, type, source, options, List.of(), List.of());
    }

    /**
     * The same mount with the ids of its files mapped (OCI config, {@code mounts[].uidMappings}).
     */
    public OciMount withIds(IdMappings ids) {
        return new OciMount(
                destination,
                type,
                source,
                options,
                OciIdMapping.of(ids.uids()),
                OciIdMapping.of(ids.gids()));
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
