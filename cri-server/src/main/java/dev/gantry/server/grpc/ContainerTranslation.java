package dev.gantry.server.grpc;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.ContainerMetadata;
import dev.gantry.proto.cri.v1.ContainerStatus;
import dev.gantry.proto.cri.v1.ContainerUser;
import dev.gantry.proto.cri.v1.LinuxContainerUser;
import java.nio.file.Path;
import java.util.Optional;

/** What is known of containers: CRI Container, ContainerStatus and the filters of lists. */
final class ContainerTranslation {
    private ContainerTranslation() {}

    static ContainerFilter filter(Scope scope, dev.gantry.proto.cri.v1.ContainerFilter in) {
        return new ContainerFilter(
                scope,
                PodTranslation.given(in.getId()),
                PodTranslation.given(in.getPodSandboxId()),
                in.hasState() ? Optional.of(phase(in.getState().getState())) : Optional.empty(),
                in.getLabelSelectorMap());
    }

    private static ContainerFilter.Phase phase(dev.gantry.proto.cri.v1.ContainerState in) {
        return switch (in) {
            case CONTAINER_CREATED -> ContainerFilter.Phase.CREATED;
            case CONTAINER_RUNNING -> ContainerFilter.Phase.RUNNING;
            case CONTAINER_EXITED -> ContainerFilter.Phase.EXITED;
            case CONTAINER_UNKNOWN -> ContainerFilter.Phase.UNKNOWN;
            case UNRECOGNIZED ->
                    throw Failure.invalid("the filter's container state is none that CRI names");
        };
    }

    static dev.gantry.proto.cri.v1.Container item(Container in) {
        return dev.gantry.proto.cri.v1.Container.newBuilder()
                .setId(in.id())
                .setPodSandboxId(in.podId())
                .setMetadata(metadata(in.config()))
                .setImage(ContainerConfigTranslation.image(in.config(), in.config().image()))
                .setImageRef(in.imageRef())
                .setImageId(in.imageId().toString())
                .setState(state(in.state()))
                .setCreatedAt(Times.nanos(in.createdAt()))
                .putAllLabels(in.config().labels())
                .putAllAnnotations(in.config().annotations())
                .build();
    }

    /** {@code image} is what the image is called now, e.g. its first tag. */
    static ContainerStatus status(Container in, String image) {
        ContainerStatus.Builder out =
                ContainerStatus.newBuilder()
                        .setId(in.id())
                        .setMetadata(metadata(in.config()))
                        .setState(state(in.state()))
                        .setCreatedAt(Times.nanos(in.createdAt()))
                        .setImage(ContainerConfigTranslation.image(in.config(), image))
                        .setImageRef(in.imageRef())
                        .setImageId(in.imageId().toString())
                        .putAllLabels(in.config().labels())
                        .putAllAnnotations(in.config().annotations())
                        .setLogPath(in.logPath().map(Path::toString).orElse(""))
                        .setResources(ResourcesTranslation.resources(in.resources()))
                        .setUser(user(in.user()))
                        .setStopSignal(Signals.named(in.stopSignal()));
        in.config().mounts().forEach(m -> out.addMounts(ContainerConfigTranslation.mount(m)));
        life(out, in.state());
        return out.build();
    }

    private static void life(ContainerStatus.Builder out, ContainerState state) {
        switch (state) {
            case ContainerState.Creating _,
                    ContainerState.Created _,
                    ContainerState.Removing _ -> {}
            case ContainerState.Running running ->
                    out.setStartedAt(Times.nanos(running.startedAt()));
            case ContainerState.Exited exited -> {
                exited.startedAt().ifPresent(at -> out.setStartedAt(Times.nanos(at)));
                out.setFinishedAt(Times.nanos(exited.finishedAt()))
                        .setExitCode(exited.exitCode())
                        .setReason(exited.reason())
                        .setMessage(exited.message());
            }
        }
    }

    private static dev.gantry.proto.cri.v1.ContainerState state(ContainerState in) {
        return switch (in) {
            case ContainerState.Creating _, ContainerState.Created _ ->
                    dev.gantry.proto.cri.v1.ContainerState.CONTAINER_CREATED;
            case ContainerState.Running _ ->
                    dev.gantry.proto.cri.v1.ContainerState.CONTAINER_RUNNING;
            case ContainerState.Exited _ -> dev.gantry.proto.cri.v1.ContainerState.CONTAINER_EXITED;
            case ContainerState.Removing _ ->
                    dev.gantry.proto.cri.v1.ContainerState.CONTAINER_UNKNOWN;
        };
    }

    static ContainerMetadata metadata(ContainerConfig in) {
        return ContainerMetadata.newBuilder().setName(in.name()).setAttempt(in.attempt()).build();
    }

    private static ContainerUser user(Container.User in) {
        return ContainerUser.newBuilder()
                .setLinux(
                        LinuxContainerUser.newBuilder()
                                .setUid(in.uid())
                                .setGid(in.gid())
                                .addAllSupplementalGroups(in.groups()))
                .build();
    }
}
