package dev.gantry.server.grpc.v1;

import dev.gantry.local.LocalContainers;
import dev.gantry.local.LocalEvent;
import dev.gantry.local.volumes.Volume;
import dev.gantry.local.volumes.VolumeStore;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.CreateVolumeRequest;
import dev.gantry.proto.v1.InspectVolumeRequest;
import dev.gantry.proto.v1.ListVolumesRequest;
import dev.gantry.proto.v1.ListVolumesResponse;
import dev.gantry.proto.v1.PruneVolumesRequest;
import dev.gantry.proto.v1.PruneVolumesResponse;
import dev.gantry.proto.v1.RemoveVolumeRequest;
import dev.gantry.proto.v1.RemoveVolumeResponse;
import dev.gantry.proto.v1.VolumesGrpc;
import dev.gantry.server.grpc.Bindings;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.Map;
import java.util.function.Predicate;

/** {@code gantry.v1.Volumes}. */
public final class VolumesService implements BindableService {
    private final VolumeStore volumes;
    private final LocalContainers containers;

    public VolumesService(VolumeStore volumes, LocalContainers containers) {
        this.volumes = volumes;
        this.containers = containers;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return new Bindings(VolumesGrpc.getServiceDescriptor())
                .unary(VolumesGrpc.getCreateMethod(), this::create)
                .unary(VolumesGrpc.getListMethod(), this::list)
                .unary(VolumesGrpc.getInspectMethod(), this::inspect)
                .unary(VolumesGrpc.getRemoveMethod(), this::remove)
                .unary(VolumesGrpc.getPruneMethod(), this::prune)
                .build();
    }

    private dev.gantry.proto.v1.Volume create(CreateVolumeRequest request) {
        Volume made =
                volumes.create(
                        request.getName(),
                        request.getDriver(),
                        request.getOptionsMap(),
                        request.getLabelsMap());
        happened("create", made.name());
        return shown(made);
    }

    private ListVolumesResponse list(ListVolumesRequest request) {
        Predicate<Volume> wanted =
                Filters.all(
                        request.getFiltersList(),
                        Map.of(
                                "name",
                                v -> volume -> volume.name().contains(v),
                                "label",
                                VolumesService::label,
                                "driver",
                                v -> _ -> v.equals("local"),
                                "dangling",
                                v -> volume -> volume.usedBy().isEmpty() == Filters.truth(v)));
        Map<String, String> names = VolumeTranslation.names(containers);
        ListVolumesResponse.Builder out = ListVolumesResponse.newBuilder();
        volumes.list().stream()
                .filter(wanted)
                .forEach(volume -> out.addVolumes(VolumeTranslation.volume(volume, names)));
        return out.build();
    }

    private static Predicate<Volume> label(String value) {
        Predicate<Map<String, String>> labels = Filters.label(value);
        return volume -> labels.test(volume.labels());
    }

    private dev.gantry.proto.v1.Volume inspect(InspectVolumeRequest request) {
        return shown(volumes.find(request.getName()));
    }

    private dev.gantry.proto.v1.Volume shown(Volume volume) {
        return VolumeTranslation.volume(volume, VolumeTranslation.names(containers));
    }

    private RemoveVolumeResponse remove(RemoveVolumeRequest request) {
        try {
            volumes.remove(request.getName());
            happened("destroy", request.getName());
        } catch (Failure e) {
            if (!request.getForce() || e.code() != Failure.Code.NOT_FOUND) {
                throw e;
            }
        }
        return RemoveVolumeResponse.getDefaultInstance();
    }

    private PruneVolumesResponse prune(PruneVolumesRequest request) {
        Predicate<Volume> wanted =
                Filters.all(
                        request.getFiltersList(),
                        Map.of("label", VolumesService::label, "label!", v -> label(v).negate()));
        Map<String, Long> gone =
                volumes.prune(
                        volume -> (request.getAll() || volume.anonymous()) && wanted.test(volume));
        gone.keySet().forEach(name -> happened("destroy", name));
        return PruneVolumesResponse.newBuilder()
                .addAllNames(gone.keySet())
                .setReclaimedBytes(gone.values().stream().mapToLong(Long::longValue).sum())
                .build();
    }

    private void happened(String action, String name) {
        containers.events().publish(LocalEvent.now("volume", action, name, Map.of("name", name)));
    }
}
