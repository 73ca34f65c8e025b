package dev.gantry.model;

import java.util.List;
import java.util.OptionalLong;

/**
 * The ids of a user namespace, or of a mount with mapped ids (CRI UserNamespace, and a Mount's
 * uidMappings and gidMappings). As kubelet sends them and containerd takes them: one range of each.
 */
public record IdMappings(List<IdMapping> uids, List<IdMapping> gids) {
    public IdMappings {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
        check(uids, "user");
        check(gids, "group");
    }

    private static void check(List<IdMapping> mappings, String what) {
        if (mappings.size() != 1) {
            throw Failure.invalid(
                    "%d mappings of %s ids are given; exactly one is needed"
                            .formatted(mappings.size(), what));
        }
    }

    /** The same range of user and group ids, from 0 inside. */
    public static IdMappings of(long hostId, long length) {
        List<IdMapping> range = List.of(new IdMapping(0, hostId, length));
        return new IdMappings(range, range);
    }

    /** The user id outside, empty when it is not mapped. */
    public OptionalLong hostUid(long uid) {
        return outside(uids, uid);
    }

    /** The group id outside, empty when it is not mapped. */
    public OptionalLong hostGid(long gid) {
        return outside(gids, gid);
    }

    private static OptionalLong outside(List<IdMapping> mappings, long id) {
        return mappings.stream()
                .filter(m -> id >= m.containerId() && id - m.containerId() < m.length())
                .mapToLong(m -> m.hostId() + (id - m.containerId()))
                .findFirst();
    }
}
