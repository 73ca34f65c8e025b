package dev.gantry.server.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Port forwarding by SPDY in a tunnel of WebSocket messages, as kubectl does it (KEP-4006). */
class TunnelTest {
    private final StreamingServer server =
            StreamingServer.start(Servers.settings(), new FakeBackend());
    private ServerSocket pod;

    @BeforeEach
    void listen() throws IOException {
        pod = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        pod.close();
    }

    private RawWebSocket dial(Integer... ports) throws IOException {
        return RawWebSocket.open(server.url(Servers.forward(ports)), "SPDY/3.1+portforward.k8s.io");
    }

    private SpdyClient open(int cut, Integer... ports) throws IOException {
        return new SpdyClient(dial(ports).wire(cut));
    }

    private int stream(SpdyClient client, String type, int port, int id) throws IOException {
        return client.open(
                type.equals("error"),
                "streamtype",
                type,
                "port",
                Integer.toString(port),
                "requestid",
                Integer.toString(id));
    }

    private Thread echo(int connections) {
        return Thread.ofVirtual()
                .start(
                        () -> {
                            for (int i = 0; i < connections; i++) {
                                try (Socket inside = pod.accept()) {
                                    inside.getInputStream().transferTo(inside.getOutputStream());
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            }
                        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void bytesPassWhereverMessagesAreCut(int cut) throws Exception {
        int port = pod.getLocalPort();
        Thread inside = echo(3);
        byte[] sent = new byte[cut == 1 ? 2_000 : 200_000];
        new Random(cut).nextBytes(sent);
        try (SpdyClient client = open(cut, port)) {
            for (int i = 0; i < 3; i++) {
                int error = stream(client, "error", port, i);
                int data = stream(client, "data", port, i);
                client.write(data, sent, true);
                client.until(
                        () -> client.finished.contains(data) && client.finished.contains(error));
                assertThat(client.received(data)).isEqualTo(sent);
                assertThat(client.text(error)).isEmpty();
            }
            assertThat(server.sessions(StreamRequest.Kind.PORT_FORWARD)).isEqualTo(1);
        }
        inside.join();
        Servers.await(() -> server.connections() == 0, "the connection's end");
        assertThat(server.sessions(StreamRequest.Kind.PORT_FORWARD)).isZero();
    }

    @Test
    void aPortWithoutListenerIsToldAndTheNextConnectionServed() throws Exception {
        int port = pod.getLocalPort();
        pod.close();
        try (SpdyClient client = open(1000)) {
            int error = stream(client, "error", port, 1);
            stream(client, "data", port, 1);
            client.until(() -> client.finished.contains(error));
            assertThat(client.text(error)).contains("nothing listens on port " + port);

            pod = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            Thread inside = echo(1);
            int data = stream(client, "data", pod.getLocalPort(), 2);
            stream(client, "error", pod.getLocalPort(), 2);
            client.write(data, "again", true);
            client.until(() -> client.finished.contains(data));
            assertThat(client.text(data)).isEqualTo("again");
            inside.join();
        }
    }

    @Test
    void aClientThatVanishesEndsWhatItForwards() throws Exception {
        int port = pod.getLocalPort();
        SpdyClient client = open(1000, port);
        stream(client, "error", port, 1);
        int data = stream(client, "data", port, 1);
        client.write(data, "x", false);
        try (Socket inside = pod.accept()) {
            assertThat(inside.getInputStream().read()).isEqualTo('x');
            client.close();
            assertThat(inside.getInputStream().read()).isNegative();
        }
        Servers.await(() -> server.connections() == 0, "the connection's end");
    }

    @Test
    void aReaderThatDoesNotReadHoldsThePodUpAndNobodyElse() throws Exception {
        int port = pod.getLocalPort();
        SpdyClient slow = open(1000, port);
        stream(slow, "error", port, 1);
        int data = stream(slow, "data", port, 1);
        byte[] much = new byte[30_000_000];
        try (Socket inside = pod.accept()) {
            Thread sender =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            inside.getOutputStream().write(much);
                                            inside.shutdownOutput();
                                        } catch (IOException e) {
                                            throw new java.io.UncheckedIOException(e);
                                        }
                                    });
            Thread other = echo(1);
            try (SpdyClient quick = open(1000, port)) {
                int answered = stream(quick, "data", port, 1);
                stream(quick, "error", port, 1);
                quick.write(answered, "quick", true);
                quick.until(() -> quick.finished.contains(answered));
                assertThat(quick.text(answered)).isEqualTo("quick");
            }
            other.join();
            slow.until(() -> slow.finished.contains(data));
            assertThat(slow.bytes(data)).isEqualTo(much.length);
            sender.join();
        }
        slow.close();
    }

    @Test
    void pingsAreAnswered() throws Exception {
        byte[] words = "hello".getBytes(StandardCharsets.UTF_8);
        try (RawWebSocket tunnel = dial(80)) {
            tunnel.send(RawWebSocket.PING, words);
            RawWebSocket.Frame answer = tunnel.next();
            assertThat(answer.kind()).isEqualTo(RawWebSocket.PONG);
            assertThat(answer.body()).isEqualTo(words);
        }
    }

    @Test
    void textIsClosedWithItsStatus() throws Exception {
        try (RawWebSocket tunnel = dial(80)) {
            tunnel.send(RawWebSocket.TEXT, "hello".getBytes(StandardCharsets.UTF_8));
            assertThat(tunnel.closeStatus()).isEqualTo(1003);
        }
    }

    @Test
    void garbageInTheTunnelIsToldAndClosedInOrder() throws Exception {
        byte[] hugeSettings = {(byte) 0x80, 3, 0, 4, 0, (byte) 0xff, (byte) 0xff, (byte) 0xff};
        try (RawWebSocket tunnel = dial(80)) {
            tunnel.send(RawWebSocket.BINARY, hugeSettings);
            byte[] goAway = {(byte) 0x80, 3, 0, 7, 0, 0, 0, 8};
            assertThat(tunnel.next().body()).startsWith(goAway);
            assertThat(tunnel.closeStatus()).isEqualTo(1000);
        }
    }
}
