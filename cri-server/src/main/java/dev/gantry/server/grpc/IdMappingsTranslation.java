package dev.gantry.server.grpc;

import dev.gantry.model.Failure;
import dev.gantry.model.IdMapping;
import dev.gantry.model.IdMappings;
import dev.gantry.proto.cri.v1.IDMapping;
import dev.gantry.proto.cri.v1.NamespaceMode;
import dev.gantry.proto.cri.v1.UserNamespace;
import java.util.List;
import java.util.Optional;

/** CRI's user namespaces, and the id mappings of its mounts. */
final class IdMappingsTranslation {
    private IdMappingsTranslation() {}

    /** The ids of the pod's own user namespace; empty for the node's. */
    static Optional<IdMappings> of(UserNamespace in) {
        List<IDMapping> uids = in.getUidsList();
        List<IDMapping> gids = in.getGidsList();
        return switch (in.getMode()) {
            case POD -> Optional.of(new IdMappings(mappings(uids), mappings(gids)));
            case NODE -> {
                if (!uids.isEmpty() || !gids.isEmpty()) {
                    throw Failure.invalid(
                            "the node's user namespace is asked for with id mappings");
                }
                yield Optional.empty();
            }
            case CONTAINER, TARGET, UNRECOGNIZED ->
                    throw Failure.invalid("a user namespace's mode is POD or NODE");
        };
    }

    /** Empty when there are none at all. */
    static Optional<IdMappings> of(List<IDMapping> uids, List<IDMapping> gids) {
        return uids.isEmpty() && gids.isEmpty()
                ? Optional.empty()
                : Optional.of(new IdMappings(mappings(uids), mappings(gids)));
    }

    private static List<IdMapping> mappings(List<IDMapping> in) {
        return in.stream()
                .map(
                        m ->
                                new IdMapping(
                                        Integer.toUnsignedLong(m.getContainerId()),
                                        Integer.toUnsignedLong(m.getHostId()),
                                        Integer.toUnsignedLong(m.getLength())))
                .toList();
    }

    static UserNamespace userNamespace(Optional<IdMappings> in) {
        return in.map(
                        ids ->
                                UserNamespace.newBuilder()
                                        .setMode(NamespaceMode.POD)
                                        .addAllUids(lines(ids.uids()))
                                        .addAllGids(lines(ids.gids()))
                                        .build())
                .orElseGet(() -> UserNamespace.newBuilder().setMode(NamespaceMode.NODE).build());
    }

    static List<IDMapping> lines(List<IdMapping> in) {
        return in.stream()
                .map(
                        m ->
                                IDMapping.newBuilder()
                                        .setContainerId((int) m.containerId())
                                        .setHostId((int) m.hostId())
                                        .setLength((int) m.length())
                                        .build())
                .toList();
    }
}
