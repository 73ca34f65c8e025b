package dev.gantry.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import dev.gantry.proto.cri.v1.CgroupDriver;
import dev.gantry.proto.cri.v1.PodSandboxConfig;
import dev.gantry.proto.cri.v1.PodSandboxMetadata;
import dev.gantry.proto.cri.v1.RunPodSandboxRequest;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.server.config.Settings;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The listener for other machines, with authorities and certificates that openssl made. */
class RemoteServerTest {
    private static final int MAX = 16 << 20;

    @TempDir Path dir;

    private final FakeEngine engine = new FakeEngine();
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    @BeforeEach
    void makeCertificates() throws Exception {
        authority("ca");
        authority("other-ca");
        issue("server", "ca", "serverAuth", "2");
        issue("client", "ca", "clientAuth", "2");
    }

    @AfterEach
    void close() {
        calls.shutdownNow();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void openssl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private void authority(String name) throws Exception {
        openssl(
                ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
                                + " -subj /CN=%1$s -keyout %1$s.key -out %1$s.crt")
                        .formatted(name)
                        .split(" ", -1));
    }

    /** Makes a certificate as the operating guide does. */
    private void issue(String name, String authority, String usage, String days) throws Exception {
        openssl(
                ("req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=%1$s"
                                + " -keyout %1$s.key -out %1$s.csr")
                        .formatted(name)
                        .split(" ", -1));
        Files.writeString(
                dir.resolve(name + ".ext"),
                "extendedKeyUsage=%s\nsubjectAltName=IP:127.0.0.1\n".formatted(usage));
        openssl(
                ("x509 -req -in %1$s.csr -CA %2$s.crt -CAkey %2$s.key -CAcreateserial -days %3$s"
                                + " -extfile %1$s.ext -out %1$s.crt")
                        .formatted(name, authority, days)
                        .split(" ", -1));
    }

    private Path file(String name) {
        return dir.resolve(name);
    }

    private Settings.Remote settings() {
        return new Settings.Remote(
                InetSocketAddress.createUnresolved("127.0.0.1", 0),
                new Settings.Tls(
                        file("server.crt"), file("server.key"), Optional.of(file("ca.crt"))));
    }

    private RemoteServer start() {
        return RemoteServer.start(
                settings(),
                MAX,
                CriServer.services(
                        engine,
                        new RuntimeInfo("gantry", "1", CgroupDriver.CGROUPFS, () -> "{}"),
                        new ContainerEvents(engine, 16),
                        request -> "http://127.0.0.1:1/" + request.verb() + "/token",
                        Clock.systemUTC()),
                List.of(),
                calls);
    }

    private static int port(RemoteServer server) {
        return Integer.parseInt(server.address().substring("127.0.0.1:".length()));
    }

    /** The context of a client that trusts an authority, and shows a certificate if it has one. */
    private SslContextBuilder client(String trusted, String... certificate) throws SSLException {
        SslContextBuilder builder =
                GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                        .trustManager(file(trusted + ".crt").toFile());
        for (String name : certificate) {
            builder.keyManager(file(name + ".crt").toFile(), file(name + ".key").toFile());
        }
        return builder;
    }

    private NettyChannelBuilder to(RemoteServer server) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port(server))
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(group);
    }

    /** Runs a pod of the scope local and answers its id. */
    private String run(NettyChannelBuilder builder) {
        Metadata headers = new Metadata();
        headers.put(Scopes.HEADER, "local");
        ManagedChannel channel = builder.build();
        try {
            return RuntimeServiceGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .runPodSandbox(
                            RunPodSandboxRequest.newBuilder()
                                    .setConfig(
                                            PodSandboxConfig.newBuilder()
                                                    .setMetadata(
                                                            PodSandboxMetadata.newBuilder()
                                                                    .setName("p")
                                                                    .setNamespace("n")
                                                                    .setUid("u")))
                                    .build())
                    .getPodSandboxId();
        } finally {
            channel.shutdownNow();
        }
    }

    private String run(RemoteServer server, SslContextBuilder client) throws SSLException {
        return run(to(server).sslContext(client.build()));
    }

    private void turnedAway(RemoteServer server, SslContextBuilder client) {
        assertThatThrownBy(() -> run(server, client))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.UNAVAILABLE));
        assertThat(engine.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientWithACertificateIsAnswered(String protocol) throws Exception {
        try (RemoteServer server = start()) {
            assertThat(run(server, client("ca", "client").protocols(protocol))).isEqualTo("pod-1");
            assertThat(engine.asked)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            FakeEngine.RunPod.class,
                            pod -> assertThat(pod.scope()).isEqualTo(Scope.LOCAL));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientWithoutACertificateGetsNothing(String protocol) throws Exception {
        try (RemoteServer server = start()) {
            turnedAway(server, client("ca").protocols(protocol));
        }
    }

    @Test
    void aClientOfAnotherAuthorityGetsNothing() throws Exception {
        issue("stranger", "other-ca", "clientAuth", "2");
        try (RemoteServer server = start()) {
            turnedAway(server, client("ca", "stranger"));
        }
    }

    @Test
    void aCertificateThatHasExpiredIsNone() throws Exception {
        issue("late", "ca", "clientAuth", "0");
        assertThat(read("late").getNotAfter().toInstant()).isBeforeOrEqualTo(Instant.now());
        try (RemoteServer server = start()) {
            turnedAway(server, client("ca", "late"));
        }
    }

    @Test
    void aServersCertificateIsNotAClients() throws Exception {
        issue("server-only", "ca", "serverAuth", "2");
        try (RemoteServer server = start()) {
            turnedAway(server, client("ca", "server-only"));
        }
    }

    @Test
    void plainTextIsNotAnswered() throws Exception {
        try (RemoteServer server = start()) {
            assertThatThrownBy(() -> run(to(server).usePlaintext()))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageStartingWith("UNAVAILABLE");
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String answer =
                        new String(
                                socket.getInputStream().readAllBytes(),
                                StandardCharsets.ISO_8859_1);
                assertThat(answer).doesNotContain("HTTP");
            }
            assertThat(engine.asked).isEmpty();
        }
    }

    @Test
    void anotherServersCertificateIsNoticedByTheClient() throws Exception {
        try (RemoteServer server = start()) {
            turnedAway(server, client("other-ca", "client"));
        }
    }

    @Test
    void aNewAuthorityIsTakenWithoutARestart() throws Exception {
        issue("stranger", "other-ca", "clientAuth", "2");
        try (RemoteServer server = start()) {
            turnedAway(server, client("ca", "stranger"));
            Files.copy(file("ca.crt"), file("former-ca.crt"));
            Files.copy(file("other-ca.crt"), file("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
            awaitAnswer(server, client("former-ca", "stranger"));
            engine.asked.clear();
            turnedAway(server, client("former-ca", "client"));
        }
    }

    private void awaitAnswer(RemoteServer server, SslContextBuilder client) throws Exception {
        for (int i = 0; ; i++) {
            try {
                assertThat(run(server, client)).isEqualTo("pod-1");
                return;
            } catch (StatusRuntimeException e) {
                if (i == 100) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    private X509Certificate read(String name) throws Exception {
        try (InputStream in = Files.newInputStream(file(name + ".crt"))) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
    void aKeyThatOthersMayUseIsRefused(String mode) throws Exception {
        Files.setPosixFilePermissions(file("server.key"), PosixFilePermissions.fromString(mode));
        assertThatThrownBy(this::start)
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> {
                            assertThat(f.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION);
                            assertThat(f.message())
                                    .contains(mode)
                                    .endsWith("chmod 600 " + file("server.key"));
                        });
    }

    @Test
    void anAddressThatIsTakenIsNamed() throws Exception {
        try (RemoteServer first = start()) {
            Settings.Remote same =
                    new Settings.Remote(
                            InetSocketAddress.createUnresolved("127.0.0.1", port(first)),
                            settings().tls());
            assertThatThrownBy(() -> RemoteServer.start(same, MAX, List.of(), List.of(), calls))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(first.address())
                    .hasMessageContaining("Address already in use");
        }
    }
}
