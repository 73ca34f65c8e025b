package dev.gantry.server.train;

import dev.gantry.proto.cri.v1.ContainerConfig;
import dev.gantry.proto.cri.v1.ContainerMetadata;
import dev.gantry.proto.cri.v1.ContainerStatsRequest;
import dev.gantry.proto.cri.v1.ContainerStatusRequest;
import dev.gantry.proto.cri.v1.CreateContainerRequest;
import dev.gantry.proto.cri.v1.ExecSyncRequest;
import dev.gantry.proto.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.KeyValue;
import dev.gantry.proto.cri.v1.LinuxContainerConfig;
import dev.gantry.proto.cri.v1.LinuxContainerResources;
import dev.gantry.proto.cri.v1.LinuxContainerSecurityContext;
import dev.gantry.proto.cri.v1.LinuxPodSandboxConfig;
import dev.gantry.proto.cri.v1.ListContainersRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxRequest;
import dev.gantry.proto.cri.v1.Mount;
import dev.gantry.proto.cri.v1.PodSandboxConfig;
import dev.gantry.proto.cri.v1.PodSandboxMetadata;
import dev.gantry.proto.cri.v1.PodSandboxStatusRequest;
import dev.gantry.proto.cri.v1.PortMapping;
import dev.gantry.proto.cri.v1.PullImageRequest;
import dev.gantry.proto.cri.v1.RemoveContainerRequest;
import dev.gantry.proto.cri.v1.RemoveImageRequest;
import dev.gantry.proto.cri.v1.RemovePodSandboxRequest;
import dev.gantry.proto.cri.v1.ReopenContainerLogRequest;
import dev.gantry.proto.cri.v1.RunPodSandboxRequest;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.gantry.proto.cri.v1.SecurityProfile;
import dev.gantry.proto.cri.v1.StartContainerRequest;
import dev.gantry.proto.cri.v1.StopContainerRequest;
import dev.gantry.proto.cri.v1.StopPodSandboxRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The life of a pod as kubelet leads it, from the pull to the removal of the image. */
final class PodLife {
    private static final String NETWORK =
            """
            {"cniVersion": "1.0.0", "name": "training", "plugins": [
              {"type": "bridge", "ipam": {"type": "host-local"}},
              {"type": "portmap", "capabilities": {"portMappings": true}}]}
            """;

    /** Answers as a plugin does, and touches nothing. */
    private static final String PLUGIN =
            """
            #!/bin/sh
            cat >/dev/null
            case $CNI_COMMAND in
                VERSION) echo '{"cniVersion": "1.0.0", "supportedVersions": ["0.4.0", "1.0.0"]}' ;;
                ADD) echo '{"cniVersion": "1.0.0", "interfaces": [{"name": "eth0", "sandbox": "/x"}],
                    "ips": [{"address": "10.1.2.3/24", "interface": 0}], "dns": {}}' ;;
            esac
            """;

    private final RuntimeServiceBlockingStub runtime;
    private final ImageServiceBlockingStub images;
    private final ImageSpec image;
    private final Path scratch;

    PodLife(
            RuntimeServiceBlockingStub runtime,
            ImageServiceBlockingStub images,
            String image,
            Path scratch) {
        this.runtime = runtime;
        this.images = images;
        this.image = ImageSpec.newBuilder().setImage(image).build();
        this.scratch = scratch;
    }

    /** Writes a network and its plugins below the scratch directory. */
    static void makeNetwork(Path scratch) throws IOException {
        Path conf = Files.createDirectories(scratch.resolve("cni"));
        Files.writeString(conf.resolve("10-training.conflist"), NETWORK);
        Path plugins = Files.createDirectories(scratch.resolve("plugins"));
        for (String name : List.of("loopback", "bridge", "portmap", "host-local")) {
            Path plugin = Files.writeString(plugins.resolve(name), PLUGIN);
            Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    void live(int attempt) {
        images.pullImage(PullImageRequest.newBuilder().setImage(image).build());
        PodSandboxConfig config = pod(attempt);
        String pod =
                runtime.runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build())
                        .getPodSandboxId();
        runtime.podSandboxStatus(
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(pod).setVerbose(true).build());
        String container =
                runtime.createContainer(
                                CreateContainerRequest.newBuilder()
                                        .setPodSandboxId(pod)
                                        .setSandboxConfig(config)
                                        .setConfig(container())
                                        .build())
                        .getContainerId();
        use(container);
        runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
        runtime.listContainers(ListContainersRequest.getDefaultInstance());
        runtime.stopContainer(
                StopContainerRequest.newBuilder().setContainerId(container).setTimeout(30).build());
        runtime.removeContainer(
                RemoveContainerRequest.newBuilder().setContainerId(container).build());
        runtime.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(pod).build());
        runtime.removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod).build());
        images.removeImage(RemoveImageRequest.newBuilder().setImage(image).build());
    }

    private void use(String container) {
        runtime.startContainer(
                StartContainerRequest.newBuilder().setContainerId(container).build());
        runtime.containerStatus(
                ContainerStatusRequest.newBuilder()
                        .setContainerId(container)
                        .setVerbose(true)
                        .build());
        runtime.execSync(
                ExecSyncRequest.newBuilder()
                        .setContainerId(container)
                        .addCmd("hello")
                        .setTimeout(30)
                        .build());
        runtime.containerStats(
                ContainerStatsRequest.newBuilder().setContainerId(container).build());
        runtime.reopenContainerLog(
                ReopenContainerLogRequest.newBuilder().setContainerId(container).build());
    }

    private PodSandboxConfig pod(int attempt) {
        return PodSandboxConfig.newBuilder()
                .setMetadata(
                        PodSandboxMetadata.newBuilder()
                                .setName("training")
                                .setNamespace("default")
                                .setUid("uid")
                                .setAttempt(attempt))
                .setHostname("training")
                .setLogDirectory(scratch.resolve("logs").toString())
                .addPortMappings(PortMapping.newBuilder().setContainerPort(80).setHostPort(8080))
                .putLabels("a", "b")
                .setLinux(LinuxPodSandboxConfig.newBuilder().setCgroupParent("/training"))
                .build();
    }

    private ContainerConfig container() {
        return ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName("c"))
                .setImage(image)
                .setLogPath("c.log")
                .addEnvs(KeyValue.newBuilder().setKey("A").setValue("b"))
                .addMounts(
                        Mount.newBuilder()
                                .setHostPath(scratch.resolve("plugins").toString())
                                .setContainerPath("/data")
                                .setReadonly(true))
                .putLabels("a", "b")
                .setLinux(
                        LinuxContainerConfig.newBuilder()
                                .setResources(
                                        LinuxContainerResources.newBuilder()
                                                .setMemoryLimitInBytes(64 << 20)
                                                .setCpuShares(100))
                                .setSecurityContext(
                                        LinuxContainerSecurityContext.newBuilder()
                                                .setSeccomp(
                                                        SecurityProfile.newBuilder()
                                                                .setProfileType(
                                                                        SecurityProfile.ProfileType
                                                                                .RuntimeDefault))))
                .build();
    }
}
