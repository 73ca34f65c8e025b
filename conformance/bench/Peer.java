import dev.gantry.proto.cri.v1.*;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** A runtime at the other end of a socket, and the plain pods and containers that are measured on it. */
record Peer(
        String name,
        String socket,
        ManagedChannel channel,
        RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime,
        ImageServiceGrpc.ImageServiceBlockingStub images)
        implements AutoCloseable {
    /** The parent of all pods here, as kubelet gives one; containerd has no statistics of pods without. */
    private static final String CGROUP = "/gantry-bench";

    private static final int MESSAGE_MAX = 64 << 20;

    /** From {@code NAME=SOCKET}. */
    static Peer connect(String argument, EventLoopGroup loop) {
        String[] parts = argument.split("=", 2);
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(parts[1]))
                        .eventLoopGroup(loop)
                        .channelType(NioDomainSocketChannel.class)
                        .maxInboundMessageSize(MESSAGE_MAX)
                        .usePlaintext()
                        .build();
        return new Peer(
                parts[0],
                parts[1],
                channel,
                RuntimeServiceGrpc.newBlockingStub(channel),
                ImageServiceGrpc.newBlockingStub(channel));
    }

    void pull(String image) {
        images.pullImage(PullImageRequest.newBuilder().setImage(spec(image)).build());
    }

    static ImageSpec spec(String image) {
        return ImageSpec.newBuilder().setImage(image).build();
    }

    static PodSandboxConfig pod(String name, Path logs, boolean hostNetwork) {
        LinuxPodSandboxConfig.Builder linux = LinuxPodSandboxConfig.newBuilder().setCgroupParent(CGROUP);
        if (hostNetwork) {
            linux.getSecurityContextBuilder().getNamespaceOptionsBuilder().setNetwork(NamespaceMode.NODE);
        }
        return PodSandboxConfig.newBuilder()
                .setMetadata(PodSandboxMetadata.newBuilder().setName(name).setNamespace("bench").setUid(name))
                .setHostname(hostNetwork ? "" : "bench")
                .setLogDirectory(logs.resolve(name).toString())
                .setLinux(linux)
                .build();
    }

    static ContainerConfig container(String image, String... command) {
        return ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName("bench"))
                .setImage(spec(image))
                .addAllCommand(List.of(command))
                .setLogPath("bench.log")
                .setLinux(LinuxContainerConfig.getDefaultInstance())
                .build();
    }

    static RunPodSandboxRequest run(PodSandboxConfig pod) {
        return RunPodSandboxRequest.newBuilder().setConfig(pod).build();
    }

    static StopPodSandboxRequest stopPod(String id) {
        return StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build();
    }

    static RemovePodSandboxRequest removePod(String id) {
        return RemovePodSandboxRequest.newBuilder().setPodSandboxId(id).build();
    }

    static CreateContainerRequest create(String podId, ContainerConfig config, PodSandboxConfig pod) {
        return CreateContainerRequest.newBuilder().setPodSandboxId(podId).setConfig(config).setSandboxConfig(pod).build();
    }

    static StartContainerRequest start(String id) {
        return StartContainerRequest.newBuilder().setContainerId(id).build();
    }

    static ContainerStatusRequest status(String id) {
        return ContainerStatusRequest.newBuilder().setContainerId(id).build();
    }

    static PodSandboxStatusRequest podStatus(String id) {
        return PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).build();
    }

    static ExecSyncRequest exec(String id, String... command) {
        return ExecSyncRequest.newBuilder().setContainerId(id).addAllCmd(List.of(command)).setTimeout(10).build();
    }

    static StopContainerRequest stop(String id) {
        return StopContainerRequest.newBuilder().setContainerId(id).build();
    }

    static RemoveContainerRequest remove(String id) {
        return RemoveContainerRequest.newBuilder().setContainerId(id).build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
