package dev.gantry.server.grpc.v1;

import dev.gantry.local.LocalContainer;
import dev.gantry.local.LocalContainers;
import dev.gantry.local.volumes.Volume;
import dev.gantry.local.volumes.VolumeStore;
import dev.gantry.proto.v1.DiskUsage;
import dev.gantry.proto.v1.DiskUsageResponse;
import dev.gantry.proto.v1.VolumeUsage;
import dev.gantry.server.grpc.Times;
import java.util.Map;
import java.util.stream.Collectors;

/** Volumes as {@code gantry.v1} has them. */
final class VolumeTranslation {
    private static final String DRIVER = "local";

    private VolumeTranslation() {}

    /** Names of all containers, by id. */
    static Map<String, String> names(LocalContainers containers) {
        return containers.list().stream()
                .collect(Collectors.toMap(LocalContainer::id, LocalContainer::name));
    }

    static dev.gantry.proto.v1.Volume volume(Volume in, Map<String, String> names) {
        return dev.gantry.proto.v1.Volume.newBuilder()
                .setName(in.name())
                .setDriver(DRIVER)
                .setMountpoint(in.mountpoint().toString())
                .putAllLabels(in.labels())
                .putAllOptions(in.options())
                .setCreatedAt(Times.nanos(in.created()))
                .setAnonymous(in.anonymous())
                .addAllUsedBy(
                        in.usedBy().stream()
                                .map(id -> names.getOrDefault(id, id))
                                .sorted()
                                .toList())
                .build();
    }

    /** What the volumes hold; those that no container uses can be freed. */
    static void usage(VolumeStore volumes, DiskUsageResponse.Builder out) {
        DiskUsage.Builder all = DiskUsage.newBuilder();
        for (Volume volume : volumes.list()) {
            long bytes = volumes.size(volume);
            boolean active = !volume.usedBy().isEmpty();
            all.setTotal(all.getTotal() + 1)
                    .setActive(all.getActive() + (active ? 1 : 0))
                    .setBytes(all.getBytes() + bytes)
                    .setReclaimableBytes(all.getReclaimableBytes() + (active ? 0 : bytes));
            out.addVolumeUsage(
                    VolumeUsage.newBuilder()
                            .setName(volume.name())
                            .setBytes(bytes)
                            .setUsedBy(volume.usedBy().size()));
        }
        out.setVolumes(all);
    }
}
