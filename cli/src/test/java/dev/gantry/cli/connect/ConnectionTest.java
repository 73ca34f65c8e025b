package dev.gantry.cli.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.gantry.cli.Captured;
import dev.gantry.cli.Cli;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.ListRequest;
import dev.gantry.proto.v1.LoadRequest;
import dev.gantry.proto.v1.LoadResponse;
import dev.gantry.proto.v1.LogsRequest;
import dev.gantry.proto.v1.LogsResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionTest {
    @TempDir private Path dir;

    private int run(Captured captured, FakeDaemon daemon, String... line) {
        Map<String, String> environment =
                Map.of("GANTRY_HOST", daemon.url(), "HOME", dir.toString());
        return new Cli(captured.out(), environment).run(List.of(line));
    }

    @Test
    void psOverAUnixSocketSaysTheScope() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.unix(dir.resolve("s"))) {
            Captured captured = new Captured();
            assertThat(run(captured, daemon, "ps", "--format", "{{.Names}} {{.Status}} {{.Ports}}"))
                    .isZero();
            assertThat(captured.text())
                    .startsWith("local-1 Exited (3) ")
                    .endsWith(" years ago 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp\n");
            Captured all = new Captured();
            assertThat(run(all, daemon, "--scope", "all", "ps", "-a", "--format", "{{.Names}}"))
                    .isZero();
            assertThat(all.text()).isEqualTo("local-1\ncri-1\n");
        }
    }

    @Test
    void aFailureOfTheDaemonIsSaidAsItIs() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.unix(dir.resolve("s"))) {
            Captured captured = new Captured();
            assertThat(run(captured, daemon, "top", "nö such%")).isEqualTo(1);
            assertThat(captured.errors())
                    .isEqualTo("Error response from daemon: no such container: nö such%\n");
        }
    }

    @Test
    void noDaemonIsSaidWithItsPlace() {
        Captured captured = new Captured();
        String host = "unix://" + dir.resolve("none");
        assertThat(new Cli(captured.out(), Map.of()).run(List.of("-H", host, "ps"))).isEqualTo(1);
        assertThat(captured.errors())
                .isEqualTo(
                        "Cannot connect to the Gantry daemon at "
                                + host
                                + ". Is gantryd running?\n");
    }

    /** Far more than the windows of both sides, both ways, with a message larger than a frame. */
    @Test
    void longStreamsKeepTheirOrder() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.unix(dir.resolve("s"));
                Connection connection = daemon.connect()) {
            Iterator<LogsResponse> logs =
                    ContainersGrpc.newBlockingStub(connection.channel())
                            .logs(LogsRequest.newBuilder().setTail(200).build());
            int count = 0;
            while (logs.hasNext()) {
                LogsResponse piece = logs.next();
                assertThat(piece.getAt()).isEqualTo(count++);
                assertThat(piece.getData().size()).isEqualTo(100_000);
            }
            assertThat(count).isEqualTo(200);
            assertThat(load(connection, 100)).isEqualTo("10000000");
        }
    }

    private static String load(Connection connection, int pieces) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        StreamObserver<LoadRequest> up =
                ImagesGrpc.newStub(connection.channel())
                        .load(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(LoadResponse value) {
                                        answer.complete(value.getImages(0).getImageId());
                                    }

                                    @Override
                                    public void onError(Throwable failure) {
                                        answer.completeExceptionally(failure);
                                    }

                                    @Override
                                    public void onCompleted() {}
                                });
        LoadRequest piece =
                LoadRequest.newBuilder().setData(ByteString.copyFrom(new byte[100_000])).build();
        for (int i = 0; i < pieces; i++) {
            up.onNext(piece);
        }
        up.onCompleted();
        return answer.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aDeadlineEndsACallThatHangs() throws Exception {
        try (FakeDaemon daemon = FakeDaemon.unix(dir.resolve("s"));
                Connection connection = daemon.connect()) {
            assertThatThrownBy(
                            () ->
                                    ContainersGrpc.newBlockingStub(connection.channel())
                                            .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                                            .list(ListRequest.newBuilder().setLast(99).build()))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e ->
                                    assertThat(e.getStatus().getCode())
                                            .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        }
    }

    @Test
    void overTcpOnlyWhoHasACertificateGetsAnAnswer() throws Exception {
        Certificates certificates = Certificates.make(dir);
        try (FakeDaemon daemon = FakeDaemon.tls(certificates)) {
            String[] with = {
                "--tlscacert",
                certificates.file("ca.pem"),
                "--tlscert",
                certificates.file("cert.pem"),
                "--tlskey",
                certificates.file("key.pem"),
                "ps",
                "--format",
                "{{.Names}}"
            };
            Captured captured = new Captured();
            assertThat(run(captured, daemon, with)).as(captured.errors()).isZero();
            assertThat(captured.text()).isEqualTo("local-1\n");
            Captured without = new Captured();
            assertThat(run(without, daemon, "--tlscacert", certificates.file("ca.pem"), "ps"))
                    .isEqualTo(1);
            assertThat(without.text()).isEmpty();
            Captured stranger = new Captured();
            assertThat(run(stranger, daemon, "--tlsverify", "ps")).isEqualTo(1);
            assertThat(stranger.errors()).contains("Cannot connect to the Gantry daemon at tcp://");
        }
    }

    @Test
    void contextsKeepTheirKeysToThemselves() throws Exception {
        Certificates certificates = Certificates.make(dir);
        try (FakeDaemon daemon = FakeDaemon.tls(certificates)) {
            Map<String, String> environment = Map.of("HOME", dir.toString());
            List<String> create =
                    List.of(
                            "context",
                            "create",
                            "node",
                            "--host",
                            daemon.url(),
                            "--tlscacert",
                            certificates.file("ca.pem"),
                            "--tlscert",
                            certificates.file("cert.pem"),
                            "--tlskey",
                            certificates.file("key.pem"));
            assertThat(new Cli(new Captured().out(), environment).run(create)).isZero();
            assertThat(
                            new Cli(new Captured().out(), environment)
                                    .run(List.of("context", "use", "node")))
                    .isZero();
            Path key = dir.resolve(".config/gantry/contexts/node/key.pem");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
            Captured ps = new Captured();
            assertThat(new Cli(ps.out(), environment).run(List.of("ps", "--format", "{{.Names}}")))
                    .isZero();
            assertThat(ps.text()).isEqualTo("local-1\n");
            assertThat(
                            new Cli(new Captured().out(), environment)
                                    .run(List.of("context", "rm", "node")))
                    .isEqualTo(1);
            assertThat(
                            new Cli(new Captured().out(), environment)
                                    .run(List.of("context", "rm", "-f", "node")))
                    .isZero();
        }
    }

    @Test
    void hostsAreUnderstood() {
        assertThat(Endpoint.parse("tcp://h:1", Optional.empty()))
                .isEqualTo(new Endpoint.Tcp("h", 1, Optional.empty()));
        Endpoint ssh = Endpoint.parse("ssh://root@h:22/run/x.sock", Optional.empty());
        assertThat(ssh.url()).isEqualTo("ssh://root@h:22/run/x.sock");
        assertThat(Wires.sshCommand((Endpoint.Ssh) ssh))
                .endsWith(
                        "-p",
                        "22",
                        "--",
                        "root@h",
                        "gantry",
                        "-H",
                        "unix:///run/x.sock",
                        "system",
                        "dial-stdio");
        assertThatThrownBy(() -> Endpoint.parse("http://h", Optional.empty()))
                .hasMessageContaining("write unix:///path");
        assertThatThrownBy(() -> Endpoint.parse("ssh://-oProxyCommand=x", Optional.empty()))
                .isInstanceOf(RuntimeException.class);
    }
}
