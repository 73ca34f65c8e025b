import dev.gantry.proto.cri.v1.*;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A whole pod's life in one page of CRI calls, as kubelet makes them: pull, run the pod, create and start a container, read its
 * log, stop and remove. Run by scripts/quickstart; arguments: socket, image, log directory, the container's command; or the socket
 * alone, to remove every pod.
 */
void main(String[] arguments) throws Exception {
    String socket = arguments[0];
    if (arguments.length == 1) {
        connected(socket, (runtime, images) -> removeAll(runtime));
        return;
    }
    String image = arguments[1];
    Path logs = Files.createDirectories(Path.of(arguments[2]));
    List<String> command = Arrays.asList(arguments).subList(3, arguments.length);

    connected(socket, (runtime, images) -> firstPod(runtime, images, image, logs, command));
}

void firstPod(
        RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime,
        ImageServiceGrpc.ImageServiceBlockingStub images,
        String image,
        Path logs,
        List<String> command)
        throws Exception {
    ImageSpec spec = ImageSpec.newBuilder().setImage(image).build();
    long start = System.nanoTime();
    String id = images.pullImage(PullImageRequest.newBuilder().setImage(spec).build()).getImageRef();
    IO.println("pulled   %s (%s) in %d ms".formatted(image, id, (System.nanoTime() - start) / 1_000_000));

    String name = "first-" + ProcessHandle.current().pid();
    PodSandboxConfig pod =
            PodSandboxConfig.newBuilder()
                    .setMetadata(PodSandboxMetadata.newBuilder().setName(name).setNamespace("default").setUid(name))
                    .setHostname("first-pod")
                    .setLogDirectory(logs.toString())
                    .setLinux(LinuxPodSandboxConfig.getDefaultInstance())
                    .build();
    start = System.nanoTime();
    String podId = runtime.runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod).build()).getPodSandboxId();
    String ip =
            runtime.podSandboxStatus(PodSandboxStatusRequest.newBuilder().setPodSandboxId(podId).build())
                    .getStatus().getNetwork().getIp();
    IO.println("pod      %.13s has address %s after %d ms".formatted(podId, ip, (System.nanoTime() - start) / 1_000_000));

    ContainerConfig container =
            ContainerConfig.newBuilder()
                    .setMetadata(ContainerMetadata.newBuilder().setName("hello"))
                    .setImage(spec)
                    .addAllCommand(command)
                    .setLogPath(name + ".log")
                    .setLinux(LinuxContainerConfig.getDefaultInstance())
                    .build();
    String containerId =
            runtime.createContainer(
                            CreateContainerRequest.newBuilder()
                                    .setPodSandboxId(podId).setConfig(container).setSandboxConfig(pod).build())
                    .getContainerId();
    start = System.nanoTime();
    runtime.startContainer(StartContainerRequest.newBuilder().setContainerId(containerId).build());
    IO.println("started  %.13s in %d ms; it says:".formatted(containerId, (System.nanoTime() - start) / 1_000_000));

    ContainerStatus status = status(runtime, containerId);
    for (int i = 0; i < 600 && status.getState() == ContainerState.CONTAINER_RUNNING; i++) {
        Thread.sleep(50);
        status = status(runtime, containerId);
    }
    for (String line : Files.readAllLines(logs.resolve(name + ".log"))) {
        IO.println("         | " + line.replaceFirst("^\\S+ \\S+ \\S ", ""));
    }
    IO.println("exited   with code " + status.getExitCode());
    runtime.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
    runtime.removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
    IO.println("removed  the pod; nothing of it is left");
    if (status.getExitCode() != 0) {
        System.exit(1);
    }
}

interface Calls {
    void make(RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime, ImageServiceGrpc.ImageServiceBlockingStub images)
            throws Exception;
}

void connected(String socket, Calls calls) throws Exception {
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ManagedChannel channel =
            NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                    .eventLoopGroup(loop)
                    .channelType(NioDomainSocketChannel.class)
                    .usePlaintext()
                    .build();
    try {
        calls.make(RuntimeServiceGrpc.newBlockingStub(channel), ImageServiceGrpc.newBlockingStub(channel));
    } finally {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
    }
}

void removeAll(RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime) {
    for (PodSandbox pod : runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance()).getItemsList()) {
        runtime.stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(pod.getId()).build());
        runtime.removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(pod.getId()).build());
        IO.println("removed  pod " + pod.getMetadata().getName());
    }
}

ContainerStatus status(RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime, String id) {
    return runtime.containerStatus(ContainerStatusRequest.newBuilder().setContainerId(id).build()).getStatus();
}
