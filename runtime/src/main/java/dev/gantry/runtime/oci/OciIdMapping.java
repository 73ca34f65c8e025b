package dev.gantry.runtime.oci;

import dev.gantry.model.Failure;
import dev.gantry.model.IdMapping;
import java.util.List;

/** A range of ids of a user namespace (OCI config, {@code linux.uidMappings}). */
public record OciIdMapping(long containerID, long hostID, long size) {
    /** The same ranges in OCI's words. */
    public static List<OciIdMapping> of(List<IdMapping> mappings) {
        return mappings.stream()
                .map(m -> new OciIdMapping(m.containerId(), m.hostId(), m.length()))
                .toList();
    }

    /**
     * The id outside of one inside; INVALID_ARGUMENT when it is not mapped. Without any mapping it
     * is the same.
     */
    public static long outside(List<OciIdMapping> mappings, long id) {
        if (mappings.isEmpty()) {
            return id;
        }
        return mappings.stream()
                .filter(m -> id >= m.containerID() && id - m.containerID() < m.size())
                .mapToLong(m -> m.hostID() + (id - m.containerID()))
                .findFirst()
                .orElseThrow(
                        () ->
                                Failure.invalid(
                                        "id %d is not mapped in the pod's user namespace"
                                                .formatted(id)));
    }
}
