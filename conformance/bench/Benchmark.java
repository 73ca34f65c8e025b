import dev.gantry.proto.cri.v1.*;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Times every CRI call against one or two runtimes in the same run, in turn, and prints medians in milliseconds and their ratio.
 * Arguments: folder for logs, image, crictl, rounds, then NAME=SOCKET once or twice. conformance/bin/benchmark runs it.
 */
static final Times TIMES = new Times();

static Path logs;
static String image;
static String crictl;

void main(String[] arguments) throws Exception {
    logs = Path.of(arguments[0]);
    image = arguments[1];
    crictl = arguments[2];
    int rounds = Integer.parseInt(arguments[3]);
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    List<Peer> peers = new ArrayList<>();
    Arrays.stream(arguments).skip(4).forEach(peer -> peers.add(Peer.connect(peer, loop)));
    try {
        for (Peer peer : peers) {
            peer.pull(image);
            for (int i = 0; i < 3; i++) {
                round(peer, "warm" + i);
            }
        }
        TIMES.clear();
        for (int round = 0; round < rounds; round++) {
            for (Peer peer : peers) {
                round(peer, "round" + round);
            }
        }
        IO.println("medians of %d rounds, in ms".formatted(rounds));
        TIMES.printMedians(peers);
    } finally {
        peers.forEach(Peer::close);
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}

/** One life of a pod on its own network with a container, and one of an empty pod on the host's. */
void round(Peer peer, String round) throws Exception {
    String uid = peer.name() + "-" + round + "-" + System.nanoTime();
    runtime(peer);
    images(peer);
    PodSandboxConfig pod = Peer.pod(uid, logs, false);
    String podId = TIMES.time("RunPodSandbox", peer, () -> peer.runtime().runPodSandbox(Peer.run(pod))).getPodSandboxId();
    container(peer, pod, podId);
    pod(peer, podId);
    TIMES.time("StopPodSandbox", peer, () -> peer.runtime().stopPodSandbox(Peer.stopPod(podId)));
    TIMES.time("RemovePodSandbox", peer, () -> peer.runtime().removePodSandbox(Peer.removePod(podId)));
    PodSandboxConfig host = Peer.pod(uid + "-host", logs, true);
    String hostId = TIMES.time("RunPodSandbox (host)", peer, () -> peer.runtime().runPodSandbox(Peer.run(host))).getPodSandboxId();
    TIMES.time("StopPodSandbox (host)", peer, () -> peer.runtime().stopPodSandbox(Peer.stopPod(hostId)));
    TIMES.time("RemovePodSandbox (host)", peer, () -> peer.runtime().removePodSandbox(Peer.removePod(hostId)));
}

void runtime(Peer peer) throws Exception {
    TIMES.time("Version", peer, () -> peer.runtime().version(VersionRequest.getDefaultInstance()));
    TIMES.time("Status", peer, () -> peer.runtime().status(StatusRequest.getDefaultInstance()));
    TIMES.time("RuntimeConfig", peer, () -> peer.runtime().runtimeConfig(RuntimeConfigRequest.getDefaultInstance()));
    TIMES.time(
            "UpdateRuntimeConfig",
            peer,
            () ->
                    peer.runtime()
                            .updateRuntimeConfig(
                                    UpdateRuntimeConfigRequest.newBuilder()
                                            .setRuntimeConfig(
                                                    RuntimeConfig.newBuilder()
                                                            .setNetworkConfig(NetworkConfig.newBuilder().setPodCidr("10.85.0.0/16")))
                                            .build()));
    TIMES.time("ListMetricDescriptors", peer, () -> peer.runtime().listMetricDescriptors(ListMetricDescriptorsRequest.getDefaultInstance()));
}

void images(Peer peer) throws Exception {
    TIMES.time("ListImages", peer, () -> peer.images().listImages(ListImagesRequest.getDefaultInstance()));
    TIMES.time("StreamImages", peer, () -> drained(peer.images().streamImages(StreamImagesRequest.getDefaultInstance())));
    TIMES.time(
            "ImageStatus", peer, () -> peer.images().imageStatus(ImageStatusRequest.newBuilder().setImage(Peer.spec(image)).build()));
    TIMES.time("ImageFsInfo", peer, () -> peer.images().imageFsInfo(ImageFsInfoRequest.getDefaultInstance()));
    TIMES.time(
            "PullImage (present)", peer, () -> peer.images().pullImage(PullImageRequest.newBuilder().setImage(Peer.spec(image)).build()));
}

void container(Peer peer, PodSandboxConfig pod, String podId) throws Exception {
    var cri = peer.runtime();
    var config = Peer.container(image, "sleep", "1000");
    String id = TIMES.time("CreateContainer", peer, () -> cri.createContainer(Peer.create(podId, config, pod))).getContainerId();
    TIMES.time("StartContainer", peer, () -> cri.startContainer(Peer.start(id)));
    TIMES.time("ContainerStatus", peer, () -> cri.containerStatus(Peer.status(id)));
    TIMES.time("ListContainers", peer, () -> cri.listContainers(ListContainersRequest.getDefaultInstance()));
    TIMES.time("StreamContainers", peer, () -> drained(cri.streamContainers(StreamContainersRequest.getDefaultInstance())));
    TIMES.time("ExecSync", peer, () -> cri.execSync(Peer.exec(id, "true")));
    ExecRequest exec = ExecRequest.newBuilder().setContainerId(id).addCmd("true").setStdout(true).build();
    if (TIMES.time("Exec (URL)", peer, () -> cri.exec(exec)) != null) {
        TIMES.time("Exec (crictl, session)", peer, () -> crictl(peer, "exec", id, "true"));
    }
    TIMES.time("Attach (URL)", peer, () -> cri.attach(AttachRequest.newBuilder().setContainerId(id).setStdout(true).build()));
    TIMES.time(
            "UpdateContainerResources",
            peer,
            () ->
                    cri.updateContainerResources(
                            UpdateContainerResourcesRequest.newBuilder()
                                    .setContainerId(id)
                                    .setLinux(LinuxContainerResources.newBuilder().setCpuShares(512))
                                    .build()));
    TIMES.time(
            "ReopenContainerLog",
            peer,
            () -> cri.reopenContainerLog(ReopenContainerLogRequest.newBuilder().setContainerId(id).build()));
    stats(peer, podId, id);
    TIMES.time("StopContainer", peer, () -> cri.stopContainer(Peer.stop(id)));
    TIMES.time("RemoveContainer", peer, () -> cri.removeContainer(Peer.remove(id)));
}

void stats(Peer peer, String podId, String id) throws Exception {
    var cri = peer.runtime();
    TIMES.time("ContainerStats", peer, () -> cri.containerStats(ContainerStatsRequest.newBuilder().setContainerId(id).build()));
    TIMES.time("ListContainerStats", peer, () -> cri.listContainerStats(ListContainerStatsRequest.getDefaultInstance()));
    TIMES.time("StreamContainerStats", peer, () -> drained(cri.streamContainerStats(StreamContainerStatsRequest.getDefaultInstance())));
    TIMES.time("PodSandboxStats", peer, () -> cri.podSandboxStats(PodSandboxStatsRequest.newBuilder().setPodSandboxId(podId).build()));
    TIMES.time("ListPodSandboxStats", peer, () -> cri.listPodSandboxStats(ListPodSandboxStatsRequest.getDefaultInstance()));
    TIMES.time("StreamPodSandboxStats", peer, () -> drained(cri.streamPodSandboxStats(StreamPodSandboxStatsRequest.getDefaultInstance())));
    TIMES.time("ListPodSandboxMetrics", peer, () -> cri.listPodSandboxMetrics(ListPodSandboxMetricsRequest.getDefaultInstance()));
    TIMES.time(
            "StreamPodSandboxMetrics",
            peer,
            () -> drained(cri.streamPodSandboxMetrics(StreamPodSandboxMetricsRequest.getDefaultInstance())));
}

void pod(Peer peer, String id) throws Exception {
    var cri = peer.runtime();
    TIMES.time("PodSandboxStatus", peer, () -> cri.podSandboxStatus(Peer.podStatus(id)));
    TIMES.time("ListPodSandbox", peer, () -> cri.listPodSandbox(ListPodSandboxRequest.getDefaultInstance()));
    TIMES.time("StreamPodSandboxes", peer, () -> drained(cri.streamPodSandboxes(StreamPodSandboxesRequest.getDefaultInstance())));
    TIMES.time(
            "UpdatePodSandboxResources",
            peer,
            () ->
                    cri.updatePodSandboxResources(
                            UpdatePodSandboxResourcesRequest.newBuilder()
                                    .setPodSandboxId(id)
                                    .setResources(LinuxContainerResources.newBuilder().setCpuShares(512))
                                    .build()));
    TIMES.time(
            "PortForward (URL)", peer, () -> cri.portForward(PortForwardRequest.newBuilder().setPodSandboxId(id).addPort(80).build()));
}

/** Reads a stream to its end and answers how many messages there were. */
static int drained(Iterator<?> stream) {
    int[] count = {0};
    Consumer<Object> one = _ -> count[0]++;
    stream.forEachRemaining(one);
    return count[0];
}

static int crictl(Peer peer, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(crictl, "--config", "/dev/null", "--runtime-endpoint", "unix://" + peer.socket()));
    command.addAll(List.of(arguments));
    int code = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    if (code != 0) {
        throw new IllegalStateException(String.join(" ", command) + " ended with " + code);
    }
    return code;
}
