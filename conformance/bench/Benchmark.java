import dev.gantry.proto.cri.v1.*;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Times CRI calls against one or two runtimes in the same run, in turn, and prints medians in milliseconds and their ratio.
 * Arguments: folder for logs, image, rounds, then NAME=SOCKET once or twice. conformance/bin/benchmark runs it.
 */
static final Map<String, Map<String, List<Double>>> TIMES = new LinkedHashMap<>();

void main(String[] arguments) throws Exception {
    Path logs = Path.of(arguments[0]);
    String image = arguments[1];
    int rounds = Integer.parseInt(arguments[2]);
    List<Peer> peers = new ArrayList<>();
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    for (String peer : Arrays.asList(arguments).subList(3, arguments.length)) {
        String[] parts = peer.split("=", 2);
        peers.add(Peer.connect(parts[0], parts[1], loop));
    }
    try {
        for (Peer peer : peers) {
            peer.pull(image);
            for (int i = 0; i < 3; i++) {
                peer.round(image, logs, "warm" + i);
            }
        }
        TIMES.clear();
        for (int round = 0; round < rounds; round++) {
            for (Peer peer : peers) {
                peer.round(image, logs, "round" + round);
            }
        }
        print(peers, rounds);
    } finally {
        peers.forEach(peer -> peer.channel.shutdownNow());
        loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
    }
}

void print(List<Peer> peers, int rounds) {
    IO.println("medians of %d rounds, in ms".formatted(rounds));
    String head = "%-22s".formatted("call");
    for (Peer peer : peers) {
        head += "%14s".formatted(peer.name);
    }
    IO.println(head + (peers.size() == 2 ? "%10s".formatted("ratio") : ""));
    TIMES.forEach(
            (call, byPeer) -> {
                String line = "%-22s".formatted(call);
                for (Peer peer : peers) {
                    line += "%14.2f".formatted(median(byPeer.get(peer.name)));
                }
                if (peers.size() == 2) {
                    line += "%10.2f".formatted(median(byPeer.get(peers.get(0).name)) / median(byPeer.get(peers.get(1).name)));
                }
                IO.println(line);
            });
}

static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
}

static final class Peer {
    final String name;
    final ManagedChannel channel;
    final RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime;
    final ImageServiceGrpc.ImageServiceBlockingStub images;

    private Peer(String name, ManagedChannel channel) {
        this.name = name;
        this.channel = channel;
        this.runtime = RuntimeServiceGrpc.newBlockingStub(channel);
        this.images = ImageServiceGrpc.newBlockingStub(channel);
    }

    static Peer connect(String name, String socket, EventLoopGroup loop) {
        return new Peer(
                name,
                NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                        .eventLoopGroup(loop)
                        .channelType(NioDomainSocketChannel.class)
                        .usePlaintext()
                        .build());
    }

    void pull(String image) {
        images.pullImage(PullImageRequest.newBuilder().setImage(ImageSpec.newBuilder().setImage(image)).build());
    }

    <T> T time(String call, Callable<T> work) throws Exception {
        long start = System.nanoTime();
        T result = work.call();
        double ms = (System.nanoTime() - start) / 1e6;
        TIMES.computeIfAbsent(call, key -> new LinkedHashMap<>()).computeIfAbsent(name, key -> new ArrayList<>()).add(ms);
        return result;
    }

    void round(String image, Path logs, String round) throws Exception {
        String uid = name + "-" + round + "-" + System.nanoTime();
        for (boolean hostNetwork : List.of(false, true)) {
            String kind = hostNetwork ? " (host network)" : "";
            PodSandboxConfig pod = pod(uid + (hostNetwork ? "-host" : ""), logs, hostNetwork);
            String podId =
                    time("RunPodSandbox" + kind, () -> runtime.runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod).build()))
                            .getPodSandboxId();
            if (!hostNetwork) {
                containers(image, pod, podId);
            }
            time("StopPodSandbox" + kind, () -> runtime.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(podId).build()));
            time("RemovePodSandbox" + kind, () -> runtime.removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(podId).build()));
        }
    }

    private void containers(String image, PodSandboxConfig pod, String podId) throws Exception {
        ContainerConfig config =
                ContainerConfig.newBuilder()
                        .setMetadata(ContainerMetadata.newBuilder().setName("bench"))
                        .setImage(ImageSpec.newBuilder().setImage(image))
                        .addAllCommand(List.of("sleep", "1000"))
                        .setLogPath("bench.log")
                        .setLinux(LinuxContainerConfig.getDefaultInstance())
                        .build();
        String id =
                time(
                                "CreateContainer",
                                () ->
                                        runtime.createContainer(
                                                CreateContainerRequest.newBuilder()
                                                        .setPodSandboxId(podId).setConfig(config).setSandboxConfig(pod).build()))
                        .getContainerId();
        time("StartContainer", () -> runtime.startContainer(StartContainerRequest.newBuilder().setContainerId(id).build()));
        time("ContainerStatus", () -> runtime.containerStatus(ContainerStatusRequest.newBuilder().setContainerId(id).build()));
        time(
                "ExecSync",
                () -> runtime.execSync(ExecSyncRequest.newBuilder().setContainerId(id).addCmd("true").setTimeout(10).build()));
        time("StopContainer", () -> runtime.stopContainer(StopContainerRequest.newBuilder().setContainerId(id).setTimeout(0).build()));
        time("RemoveContainer", () -> runtime.removeContainer(RemoveContainerRequest.newBuilder().setContainerId(id).build()));
    }

    private static PodSandboxConfig pod(String name, Path logs, boolean hostNetwork) {
        LinuxPodSandboxConfig.Builder linux = LinuxPodSandboxConfig.newBuilder();
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
}
