package dev.gantry.conformance;

import dev.gantry.proto.cri.v1.ContainerConfig;
import dev.gantry.proto.cri.v1.ContainerMetadata;
import dev.gantry.proto.cri.v1.ContainerStatusRequest;
import dev.gantry.proto.cri.v1.CreateContainerRequest;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.LinuxPodSandboxConfig;
import dev.gantry.proto.cri.v1.PodSandboxConfig;
import dev.gantry.proto.cri.v1.PodSandboxMetadata;
import dev.gantry.proto.cri.v1.RemovePodSandboxRequest;
import dev.gantry.proto.cri.v1.RunPodSandboxRequest;
import dev.gantry.proto.cri.v1.StartContainerRequest;
import dev.gantry.proto.cri.v1.StopPodSandboxRequest;

/** A pod with one container that sleeps, made over the CRI in the scope of its client. */
record Workload(CriClient client, String pod, String container) {
    static Workload run(CriClient client, String name, String image) {
        PodSandboxConfig config =
                PodSandboxConfig.newBuilder()
                        .setMetadata(
                                PodSandboxMetadata.newBuilder()
                                        .setName(name)
                                        .setNamespace("default")
                                        .setUid(name))
                        .setLinux(LinuxPodSandboxConfig.getDefaultInstance())
                        .build();
        String pod =
                client.runtime()
                        .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(config).build())
                        .getPodSandboxId();
        String container =
                client.runtime()
                        .createContainer(
                                CreateContainerRequest.newBuilder()
                                        .setPodSandboxId(pod)
                                        .setSandboxConfig(config)
                                        .setConfig(
                                                ContainerConfig.newBuilder()
                                                        .setMetadata(
                                                                ContainerMetadata.newBuilder()
                                                                        .setName(name))
                                                        .setImage(
                                                                ImageSpec.newBuilder()
                                                                        .setImage(image))
                                                        .addCommand("sleep")
                                                        .addArgs("86400"))
                                        .build())
                        .getContainerId();
        client.runtime()
                .startContainer(
                        StartContainerRequest.newBuilder().setContainerId(container).build());
        return new Workload(client, pod, container);
    }

    /** State and times of the container: the same as long as it runs on. */
    String facts() {
        var status =
                client.runtime()
                        .containerStatus(
                                ContainerStatusRequest.newBuilder()
                                        .setContainerId(container)
                                        .build())
                        .getStatus();
        return status.getState() + " since " + status.getStartedAt();
    }

    void remove() {
        remove(client, pod);
    }

    static void remove(CriClient client, String pod) {
        client.runtime()
                .stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(pod).build());
        client.runtime()
                .removePodSandbox(
                        RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod).build());
    }
}
