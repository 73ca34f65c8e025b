package dev.gantry.server;

import com.google.protobuf.ByteString;
import dev.gantry.proto.cri.v1.ContainerConfig;
import dev.gantry.proto.cri.v1.ContainerMetadata;
import dev.gantry.proto.cri.v1.CreateContainerRequest;
import dev.gantry.proto.cri.v1.ImageSpec;
import dev.gantry.proto.cri.v1.LinuxContainerConfig;
import dev.gantry.proto.cri.v1.LinuxContainerSecurityContext;
import dev.gantry.proto.cri.v1.LinuxPodSandboxConfig;
import dev.gantry.proto.cri.v1.LinuxSandboxSecurityContext;
import dev.gantry.proto.cri.v1.NamespaceMode;
import dev.gantry.proto.cri.v1.NamespaceOption;
import dev.gantry.proto.cri.v1.PodSandboxConfig;
import dev.gantry.proto.cri.v1.PodSandboxMetadata;
import dev.gantry.proto.cri.v1.RemovePodSandboxRequest;
import dev.gantry.proto.cri.v1.RunPodSandboxRequest;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.gantry.proto.cri.v1.StartContainerRequest;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.ImportOptions;
import dev.gantry.proto.v1.ImportRequest;
import dev.gantry.proto.v1.ImportResponse;
import dev.gantry.server.config.CommandLine;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The daemon in this process, with the real runtime, an image of the machine's busybox, and a pod
 * in the node's network.
 */
final class LiveDaemon implements AutoCloseable {
    static final String IMAGE = "localhost/busybox:1";

    private static final String TREE =
            """
            set -e; mkdir -p tree/bin tree/etc tree/tmp tree/proc tree/lib64 tree/root; cp -L /bin/busybox tree/bin/busybox
            for lib in $(ldd /bin/busybox | grep -o '/[^ ]*'); do mkdir -p tree$(dirname $lib); cp -L $lib tree$lib; done
            for a in sh cat echo ls dd sleep printf id env tty stty head seq ps mkdir ln kill; do ln -s busybox tree/bin/$a; done
            echo 'ann:x:1000:1001::/tmp:/bin/sh' > tree/etc/passwd; echo 'team:x:1002:ann' > tree/etc/group
            tar -C tree -cf tree.tar .
            """;

    private final Path folder;
    private final Daemon daemon;
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ManagedChannel channel;
    private final PodSandboxConfig pod;
    private final String podId;

    LiveDaemon(Path folder) throws Exception {
        this.folder = folder;
        Path shim = Path.of("../runtime/target/native/gantry-shim").toAbsolutePath().normalize();
        Path config =
                Files.writeString(
                        folder.resolve("gantryd.toml"),
                        "[runtime]\nshim = \"%s\"\n".formatted(shim));
        Path state = Files.createDirectories(Path.of("/run/gantry-test-" + UUID.randomUUID()));
        CommandLine.Request.Run run =
                (CommandLine.Request.Run)
                        CommandLine.parse(
                                List.of(
                                        "--config=" + config,
                                        "--root=" + folder.resolve("root"),
                                        "--state=" + state,
                                        "--socket=" + folder.resolve("gantry.sock"),
                                        "--cni-conf-dir=" + folder.resolve("cni"),
                                        "--certs-dir=" + folder.resolve("certs"),
                                        "--metrics-address="),
                                "test");
        daemon = Daemon.start(run.settings());
        channel =
                NettyChannelBuilder.forAddress(
                                UnixDomainSocketAddress.of(folder.resolve("gantry.sock")))
                        .channelType(NioDomainSocketChannel.class)
                        .eventLoopGroup(group)
                        .usePlaintext()
                        .overrideAuthority("localhost")
                        .build();
        importBusybox();
        pod =
                PodSandboxConfig.newBuilder()
                        .setMetadata(
                                PodSandboxMetadata.newBuilder()
                                        .setName("p")
                                        .setNamespace("default")
                                        .setUid("u"))
                        .setLogDirectory(folder.resolve("logs").toString())
                        .setLinux(
                                LinuxPodSandboxConfig.newBuilder()
                                        .setCgroupParent("/gantry-test-" + UUID.randomUUID())
                                        .setSecurityContext(
                                                LinuxSandboxSecurityContext.newBuilder()
                                                        .setNamespaceOptions(namespaces())))
                        .build();
        podId =
                runtime()
                        .runPodSandbox(RunPodSandboxRequest.newBuilder().setConfig(pod).build())
                        .getPodSandboxId();
    }

    private static NamespaceOption.Builder namespaces() {
        return NamespaceOption.newBuilder()
                .setNetwork(NamespaceMode.NODE)
                .setPid(NamespaceMode.CONTAINER);
    }

    private void importBusybox() throws Exception {
        Process made =
                new ProcessBuilder("bash", "-c", TREE)
                        .directory(folder.toFile())
                        .inheritIO()
                        .start();
        if (made.waitFor() != 0) {
            throw new AssertionError("no image of busybox");
        }
        Heard<ImportResponse> answer = new Heard<>();
        var out = ImagesGrpc.newStub(channel).import_(answer);
        out.onNext(
                ImportRequest.newBuilder()
                        .setOptions(
                                ImportOptions.newBuilder()
                                        .setReference(IMAGE)
                                        .setMessage("made")
                                        .addChanges("ENV A=1 B=\"two words\"")
                                        .addChanges("CMD [\"sh\"]"))
                        .build());
        byte[] tar = Files.readAllBytes(folder.resolve("tree.tar"));
        for (int at = 0; at < tar.length; at += 1 << 20) {
            out.onNext(
                    ImportRequest.newBuilder()
                            .setData(
                                    ByteString.copyFrom(
                                            tar, at, Math.min(1 << 20, tar.length - at)))
                            .build());
        }
        out.onCompleted();
        answer.last();
    }

    RuntimeServiceBlockingStub runtime() {
        return RuntimeServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    ContainersGrpc.ContainersBlockingStub containers() {
        return ContainersGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    ContainersGrpc.ContainersStub talk() {
        return ContainersGrpc.newStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    ImagesGrpc.ImagesBlockingStub images() {
        return ImagesGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    /** A container that runs a script; not started. */
    String create(String script, UnaryOperator<ContainerConfig.Builder> more) {
        String name = "c" + UUID.randomUUID();
        ContainerConfig.Builder config =
                ContainerConfig.newBuilder()
                        .setMetadata(ContainerMetadata.newBuilder().setName(name))
                        .setImage(ImageSpec.newBuilder().setImage(IMAGE))
                        .addAllCommand(List.of("sh", "-c", script))
                        .setLogPath(name + ".log")
                        .setLinux(
                                LinuxContainerConfig.newBuilder()
                                        .setSecurityContext(
                                                LinuxContainerSecurityContext.newBuilder()
                                                        .setNamespaceOptions(namespaces())));
        return runtime()
                .createContainer(
                        CreateContainerRequest.newBuilder()
                                .setPodSandboxId(podId)
                                .setSandboxConfig(pod)
                                .setConfig(more.apply(config))
                                .build())
                .getContainerId();
    }

    /** The same, started. */
    String start(String script) {
        String id = create(script, c -> c);
        runtime().startContainer(StartContainerRequest.newBuilder().setContainerId(id).build());
        return id;
    }

    @Override
    public void close() throws IOException {
        runtime()
                .removePodSandbox(
                        RemovePodSandboxRequest.newBuilder().setPodSandboxId(podId).build());
        channel.shutdownNow();
        daemon.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
