package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.ExecOutput;
import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.CgroupDriver;
import dev.gantry.proto.cri.v1.ExecSyncRequest;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.gantry.proto.cri.v1.VersionRequest;
import dev.gantry.server.metrics.CallMetrics;
import dev.gantry.server.metrics.Metrics;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server on a real UNIX socket. */
class CriServerTest {
    private static final int MAX = 16 << 20;

    @TempDir Path dir;

    private final FakeEngine engine = new FakeEngine();
    private final Metrics metrics = new Metrics("test");
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @AfterEach
    void close() {
        calls.shutdownNow();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        metrics.close();
    }

    private CriServer start(Path socket) {
        return CriServer.start(
                socket,
                MAX,
                CriServer.services(
                        engine,
                        new RuntimeInfo("gantry", "1", CgroupDriver.CGROUPFS, () -> "{}"),
                        new ContainerEvents(engine, 16),
                        request -> "http://127.0.0.1:1/" + request.verb() + "/token",
                        Clock.systemUTC()),
                List.of(new CallMetrics(metrics)),
                calls);
    }

    private ManagedChannel channel(Path socket) {
        return NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class)
                .eventLoopGroup(group)
                .maxInboundMessageSize(MAX)
                .usePlaintext()
                .build();
    }

    private String version(Path socket) {
        ManagedChannel channel = channel(socket);
        try {
            return RuntimeServiceGrpc.newBlockingStub(channel)
                    .version(VersionRequest.getDefaultInstance())
                    .getRuntimeName();
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void theSocketIsForRootAndItsGroup() throws IOException {
        Path socket = dir.resolve("deep/g.sock");
        try (CriServer _ = start(socket)) {
            assertThat(version(socket)).isEqualTo("gantry");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-rw----");
            assertThat(socket.resolveSibling("g.sock~")).doesNotExist();
        }
    }

    @Test
    void whatAKilledDaemonLeftIsReplaced() throws IOException {
        Path socket = dir.resolve("g.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(dir.resolve("g.sock~")));
        }
        try (CriServer _ = start(socket)) {
            assertThat(version(socket)).isEqualTo("gantry");
        }
        try (CriServer _ = start(socket)) {
            assertThat(version(socket)).isEqualTo("gantry");
        }
    }

    @Test
    void aSocketThatAnswersIsNotTaken() {
        Path socket = dir.resolve("g.sock");
        try (CriServer _ = start(socket)) {
            assertThatThrownBy(() -> start(socket))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.ALREADY_EXISTS))
                    .hasMessageContaining(socket.toString())
                    .hasMessageContaining("--socket");
            assertThat(version(socket)).isEqualTo("gantry");
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws IOException {
        Path file = Files.writeString(dir.resolve("precious"), "data");
        assertThatThrownBy(() -> start(file)).hasMessageContaining("is no socket");
        assertThat(file).hasContent("data");
    }

    @Test
    void messagesOfFifteenMebibytesPassBothWaysAndLargerOnesAreRefused() {
        Path socket = dir.resolve("g.sock");
        engine.output = new ExecOutput(0, new byte[15 << 20], new byte[0], false);
        try (CriServer _ = start(socket)) {
            ManagedChannel channel = channel(socket);
            try {
                RuntimeServiceBlockingStub stub = RuntimeServiceGrpc.newBlockingStub(channel);
                assertThat(stub.execSync(exec(15 << 20)).getStdout().size()).isEqualTo(15 << 20);
                engine.output = new ExecOutput(0, new byte[17 << 20], new byte[0], false);
                assertThatThrownBy(() -> stub.execSync(exec(1)))
                        .hasMessageContaining("the answer to ExecSync")
                        .hasMessageContaining("over grpc.max-message");
                assertThatThrownBy(() -> stub.execSync(exec(17 << 20)))
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                e ->
                                        assertThat(e.getStatus().getCode())
                                                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static ExecSyncRequest exec(int bytes) {
        return ExecSyncRequest.newBuilder().setContainerId("c").addCmd("x".repeat(bytes)).build();
    }

    @Test
    void callsAreCounted() throws InterruptedException {
        Path socket = dir.resolve("g.sock");
        engine.broken = () -> Failure.notFound("no");
        try (CriServer server = start(socket)) {
            String before = metrics.scrape();
            assertThat(version(socket)).isEqualTo("gantry");
            ManagedChannel channel = channel(socket);
            assertThatThrownBy(() -> RuntimeServiceGrpc.newBlockingStub(channel).execSync(exec(1)));
            channel.shutdownNow();
            server.stop(java.time.Duration.ofSeconds(10));
            assertThat(before).doesNotContain("gantry_grpc_calls_seconds_count{");
        }
        // A call's last event comes on its own thread, which the server's end does not wait for.
        for (int i = 0; i < 1000 && !metrics.scrape().contains("calls_active 0"); i++) {
            Thread.sleep(10);
        }
        assertThat(metrics.scrape())
                .contains("gantry_grpc_calls_seconds_count{code=\"OK\",method=\"Version\"} 1")
                .contains(
                        "gantry_grpc_calls_seconds_count{code=\"NOT_FOUND\",method=\"ExecSync\"} 1")
                .contains("gantry_grpc_calls_active 0");
    }
}
