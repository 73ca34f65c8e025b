package dev.gantry.server.train;

import dev.gantry.proto.cri.v1.ContainerConfig;
import dev.gantry.proto.cri.v1.ContainerMetadata;
import dev.gantry.proto.cri.v1.ContainerStatusRequest;
import dev.gantry.proto.cri.v1.CreateContainerRequest;
import dev.gantry.proto.cri.v1.ImageFsInfoRequest;
import dev.gantry.proto.cri.v1.ImageServiceGrpc;
import dev.gantry.proto.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.ImageStatusRequest;
import dev.gantry.proto.cri.v1.ListContainerStatsRequest;
import dev.gantry.proto.cri.v1.ListContainersRequest;
import dev.gantry.proto.cri.v1.ListImagesRequest;
import dev.gantry.proto.cri.v1.ListPodSandboxRequest;
import dev.gantry.proto.cri.v1.PodSandboxStatusRequest;
import dev.gantry.proto.cri.v1.PullImageRequest;
import dev.gantry.proto.cri.v1.RunPodSandboxRequest;
import dev.gantry.proto.cri.v1.RuntimeConfigRequest;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.gantry.proto.cri.v1.StatusRequest;
import dev.gantry.proto.cri.v1.StopPodSandboxRequest;
import dev.gantry.proto.cri.v1.VersionRequest;
import dev.gantry.server.Daemon;
import dev.gantry.server.config.CommandLine;
import dev.gantry.server.config.ExampleFile;
import dev.gantry.server.log.Logging;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts a daemon on a scratch directory, calls it, and ends. Its pods have no namespaces and its
 * network no interfaces, so a build may do this anywhere.
 */
public final class Training {
    /** Enough for the JVM to see what is hot. */
    private static final int ROUNDS = 20;

    private static final int PODS = 5;

    private Training() {}

    /** {@code Training SCRATCH}. */
    public static void main(String[] arguments) throws IOException {
        Path scratch = Path.of(arguments[0]);
        Path config =
                Files.writeString(
                        scratch.resolve("gantryd.toml"),
                        ExampleFile.text().replace("#level = \"info\"", "level = \"debug\""));
        CommandLine.Request.Run run =
                (CommandLine.Request.Run)
                        CommandLine.parse(
                                List.of(
                                        "--config=" + config,
                                        "--root=" + scratch.resolve("root"),
                                        "--state=" + scratch.resolve("state"),
                                        "--cni-conf-dir=" + scratch.resolve("cni"),
                                        "--cni-bin-dir=" + scratch.resolve("plugins"),
                                        "--certs-dir=" + scratch.resolve("certs"),
                                        "--metrics-address=127.0.0.1:0"),
                                "training");
        Logging.apply(run.settings().logLevel(), run.settings().logFormat());
        PodLife.makeNetwork(scratch);
        try (TinyRegistry registry = TinyRegistry.start(TinyImage.make());
                Daemon daemon =
                        Daemon.start(run.settings(), (runtime, _) -> new DryPods(runtime))) {
            nameMirror(registry.host(), run.settings().registries().certsDir());
            call(run.settings().socket(), registry.host() + "/training:1", scratch);
            scrape(daemon.metricsAddress());
        }
        System.exit(0);
    }

    /** As an operator writes it; it is read at each pull. */
    private static void nameMirror(String host, Path certs) throws IOException {
        Files.writeString(
                Files.createDirectories(certs.resolve(host)).resolve("hosts.toml"),
                "[host.\"http://%s\"]\ncapabilities = [\"pull\", \"resolve\"]\n".formatted(host));
    }

    private static void call(Path socket, String image, Path scratch) {
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                        .channelType(NioDomainSocketChannel.class)
                        .eventLoopGroup(group)
                        .usePlaintext()
                        .build();
        try {
            RuntimeServiceBlockingStub runtime = RuntimeServiceGrpc.newBlockingStub(channel);
            ImageServiceBlockingStub images = ImageServiceGrpc.newBlockingStub(channel);
            for (int i = 0; i < ROUNDS; i++) {
                ask(runtime, images);
                fail(runtime, images);
            }
            PodLife life = new PodLife(runtime, images, image, scratch);
            for (int i = 0; i < PODS; i++) {
                life.live(i);
            }
        } finally {
            channel.shutdownNow();
            group.shutdownGracefully().awaitUninterruptibly();
        }
    }

    private static void ask(RuntimeServiceBlockingStub runtime, ImageServiceBlockingStub images) {
        runtime.version(VersionRequest.getDefaultInstance());
        runtime.status(StatusRequest.newBuilder().setVerbose(true).build());
        runtime.runtimeConfig(RuntimeConfigRequest.getDefaultInstance());
        runtime.listPodSandbox(ListPodSandboxRequest.getDefaultInstance());
        runtime.listContainers(ListContainersRequest.getDefaultInstance());
        runtime.listContainerStats(ListContainerStatsRequest.getDefaultInstance());
        images.listImages(ListImagesRequest.getDefaultInstance());
        images.imageFsInfo(ImageFsInfoRequest.getDefaultInstance());
        images.imageStatus(ImageStatusRequest.newBuilder().setImage(image("nginx")).build());
    }

    /** What is refused walks the paths of translation and of errors, and changes nothing. */
    private static void fail(RuntimeServiceBlockingStub runtime, ImageServiceBlockingStub images) {
        refused(() -> runtime.runPodSandbox(RunPodSandboxRequest.getDefaultInstance()));
        refused(() -> runtime.stopPodSandbox(StopPodSandboxRequest.getDefaultInstance()));
        refused(
                () ->
                        runtime.podSandboxStatus(
                                PodSandboxStatusRequest.newBuilder()
                                        .setPodSandboxId("none")
                                        .build()));
        refused(
                () ->
                        runtime.containerStatus(
                                ContainerStatusRequest.newBuilder()
                                        .setContainerId("none")
                                        .build()));
        refused(
                () ->
                        runtime.createContainer(
                                CreateContainerRequest.newBuilder()
                                        .setPodSandboxId("none")
                                        .setConfig(
                                                ContainerConfig.newBuilder()
                                                        .setMetadata(
                                                                ContainerMetadata.newBuilder()
                                                                        .setName("c"))
                                                        .setImage(image("nginx")))
                                        .build()));
        // Port 1 of the loopback refuses at once.
        refused(
                () ->
                        images.pullImage(
                                PullImageRequest.newBuilder()
                                        .setImage(image("127.0.0.1:1/none:1"))
                                        .build()));
    }

    private static ImageSpec image(String name) {
        return ImageSpec.newBuilder().setImage(name).build();
    }

    private static void refused(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException e) {
            return;
        }
        throw new IllegalStateException("a call that cannot work was answered");
    }

    private static void scrape(String address) throws IOException {
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            try (InputStream body = socket.getInputStream()) {
                if (!new String(body.readAllBytes(), StandardCharsets.UTF_8)
                        .contains("gantry_grpc_calls_seconds_count")) {
                    throw new IllegalStateException("the metrics endpoint has no metrics");
                }
            }
        }
    }
}
