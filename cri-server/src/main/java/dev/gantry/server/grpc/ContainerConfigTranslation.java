package dev.gantry.server.grpc;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.ContainerExtras;
import dev.gantry.engine.config.DeviceConfig;
import dev.gantry.engine.config.MountConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.proto.cri.v1.CDIDevice;
import dev.gantry.proto.cri.v1.Device;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.LinuxContainerConfig;
import dev.gantry.proto.cri.v1.Mount;
import dev.gantry.proto.cri.v1.MountPropagation;

/** What a container is asked to be: CRI ContainerConfig, and its mounts, which also come back. */
public final class ContainerConfigTranslation {
    private ContainerConfigTranslation() {}

    /** What the engine is asked for. */
    public static ContainerConfig config(dev.gantry.proto.cri.v1.ContainerConfig in) {
        LinuxContainerConfig linux = in.getLinux();
        return new ContainerConfig(
                in.getMetadata().getName(),
                in.getMetadata().getAttempt(),
                in.getImage().getImage(),
                in.getImage().getUserSpecifiedImage(),
                run(in),
                in.getMountsList().stream().map(ContainerConfigTranslation::mount).toList(),
                in.getDevicesList().stream().map(ContainerConfigTranslation::device).toList(),
                in.getCDIDevicesList().stream().map(CDIDevice::getName).toList(),
                in.getLabelsMap(),
                in.getAnnotationsMap(),
                in.getLogPath(),
                linux.hasResources()
                        ? ResourcesTranslation.resources(linux.getResources())
                        : Resources.NONE,
                SecurityTranslation.container(linux.getSecurityContext()),
                Signals.text(in.getStopSignal()),
                ContainerExtras.NONE);
    }

    private static ContainerConfig.Command run(dev.gantry.proto.cri.v1.ContainerConfig in) {
        return new ContainerConfig.Command(
                in.getCommandList(),
                in.getArgsList(),
                in.getWorkingDir(),
                in.getEnvsList().stream()
                        .map(e -> new ContainerConfig.EnvVar(e.getKey(), e.getValue()))
                        .toList(),
                in.getStdin(),
                in.getStdinOnce(),
                in.getTty());
    }

    private static DeviceConfig device(Device in) {
        return new DeviceConfig(in.getHostPath(), in.getContainerPath(), in.getPermissions());
    }

    private static MountConfig mount(Mount in) {
        return new MountConfig(
                in.getContainerPath(),
                in.getHostPath(),
                in.getReadonly(),
                in.getRecursiveReadOnly(),
                propagation(in.getPropagation()),
                in.getSelinuxRelabel(),
                IdMappingsTranslation.of(in.getUidMappingsList(), in.getGidMappingsList()),
                in.getImage().getImage(),
                in.getImageSubPath());
    }

    private static MountConfig.Propagation propagation(MountPropagation in) {
        return switch (in) {
            case PROPAGATION_PRIVATE -> MountConfig.Propagation.PRIVATE;
            case PROPAGATION_HOST_TO_CONTAINER -> MountConfig.Propagation.HOST_TO_CONTAINER;
            case PROPAGATION_BIDIRECTIONAL -> MountConfig.Propagation.BIDIRECTIONAL;
            case UNRECOGNIZED ->
                    throw Failure.invalid("a mount's propagation is none that CRI names");
        };
    }

    static Mount mount(MountConfig in) {
        Mount.Builder out =
                Mount.newBuilder()
                        .setContainerPath(in.containerPath())
                        .setHostPath(in.hostPath())
                        .setReadonly(in.readonly())
                        .setRecursiveReadOnly(in.recursiveReadOnly())
                        .setPropagation(propagation(in.propagation()))
                        .setSelinuxRelabel(in.selinuxRelabel())
                        .setImageSubPath(in.imageSubPath());
        in.idMappings()
                .ifPresent(
                        ids ->
                                out.addAllUidMappings(IdMappingsTranslation.lines(ids.uids()))
                                        .addAllGidMappings(
                                                IdMappingsTranslation.lines(ids.gids())));
        if (!in.image().isEmpty()) {
            out.setImage(ImageSpec.newBuilder().setImage(in.image()));
        }
        return out.build();
    }

    private static MountPropagation propagation(MountConfig.Propagation in) {
        return switch (in) {
            case PRIVATE -> MountPropagation.PROPAGATION_PRIVATE;
            case HOST_TO_CONTAINER -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
            case BIDIRECTIONAL -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
        };
    }

    /** {@code named} is how the image is called; the author's own words for it are kept. */
    static ImageSpec image(ContainerConfig in, String named) {
        return ImageSpec.newBuilder()
                .setImage(named)
                .setUserSpecifiedImage(in.userSpecifiedImage())
                .build();
    }
}
