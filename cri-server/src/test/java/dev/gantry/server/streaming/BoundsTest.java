package dev.gantry.server.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client that wants too much is told. */
class BoundsTest {
    private final FakeBackend backend = new FakeBackend();
    private final StreamingServer server = StreamingServer.start(Servers.settings(), backend);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void onlySoManyUrlsWait() {
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < Limits.TOKENS; i++) {
            urls.add(server.url(Servers.forward(80)));
        }
        assertThat(urls).doesNotHaveDuplicates();
        assertThatThrownBy(() -> server.url(Servers.forward(80)))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> {
                            assertThat(f.code()).isEqualTo(Failure.Code.RESOURCE_EXHAUSTED);
                            assertThat(f.message()).contains("1000 streaming URLs");
                        });
    }

    @Test
    void onlySoManyClientsAreConnected() throws Exception {
        String url = server.url(Servers.script("true"));
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < Limits.CONNECTIONS; i++) {
                clients.add(SpdyClient.dial(url));
            }
            Servers.await(() -> server.connections() == Limits.CONNECTIONS, "all clients");
            try (Socket more = SpdyClient.dial(url)) {
                assertThat(ended(more)).isTrue();
            }
            clients.removeLast().close();
            Servers.await(() -> server.connections() < Limits.CONNECTIONS, "one to leave");
            SpdyClient.open(url, "v4.channel.k8s.io").close();
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException _) {
            return true;
        }
    }

    @Test
    void onlySoManyConnectionsAreForwarded() throws Exception {
        try (ServerSocket pod = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
                SpdyClient client =
                        SpdyClient.open(server.url(Servers.forward()), "portforward.k8s.io")) {
            String port = Integer.toString(pod.getLocalPort());
            int last = 0;
            for (int i = 0; i <= Limits.FORWARDS; i++) {
                String id = Integer.toString(i);
                client.open(false, "streamtype", "error", "port", port, "requestid", id);
                last = client.open(false, "streamtype", "data", "port", port, "requestid", id);
            }
            int refused = last;
            client.until(() -> client.reset.contains(refused));
            assertThat(client.reset).containsExactlyInAnyOrder(refused - 2, refused);
            assertThat(client.replied).hasSize(2 * Limits.FORWARDS);
        }
    }

    @Test
    void onlySoManyPortsAreAskedForAtATime() {
        Integer[] ports = new Integer[Limits.FORWARDS + 1];
        java.util.Arrays.fill(ports, 80);
        assertThatThrownBy(() -> Servers.forward(ports))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> {
                            assertThat(f.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT);
                            assertThat(f.message()).contains("257 ports").contains("256");
                        });
    }

    @Test
    void theRequestHasABound() throws IOException {
        String url = server.url(Servers.script("true"));
        try (Socket socket = SpdyClient.dial(url)) {
            String longer = "X: " + "y".repeat(Limits.REQUEST_HEADERS);
            assertThat(SpdyClient.post(socket, url, longer)).startsWith("HTTP/1.1 400");
        }
        try (Socket socket = SpdyClient.dial(url)) {
            String longer = url + "?" + "y".repeat(Limits.REQUEST_LINE);
            assertThat(SpdyClient.post(socket, longer)).startsWith("HTTP/1.1 400");
        }
        SpdyClient.open(url, "v4.channel.k8s.io").close();
    }

    @Test
    void aBodyThatNobodyAskedForIsRefused() throws IOException {
        String url = server.url(Servers.script("true"));
        try (Socket socket = SpdyClient.dial(url)) {
            String head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(12);
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void aControlFrameHasABound() throws IOException {
        try (SpdyClient client =
                SpdyClient.open(server.url(Servers.script("cat")), "v4.channel.k8s.io")) {
            int length = Limits.CONTROL_FRAME + 1;
            byte[] open = {(byte) 0x80, 3, 0, 1, 0, 0, (byte) (length >> 8), (byte) length};
            client.raw(Unpooled.copiedBuffer(open));
            client.until(() -> false);
            assertThat(client.goneAway).isTrue();
        }
        assertThat(backend.processes).isEmpty();
    }

    @Test
    void aCommandHasOnlySoManyStreams() throws IOException {
        try (SpdyClient client =
                SpdyClient.open(server.url(Servers.script("cat")), "v4.channel.k8s.io")) {
            for (int i = 0; i < 100; i++) {
                client.stream("none");
            }
            int error = client.stream("error");
            int twice = client.stream("error");
            client.until(() -> client.reset.contains(twice));
            assertThat(client.reset).hasSize(101).doesNotContain(error);
            assertThat(client.replied).containsExactly(error);
        }
    }

    /** One frame that is too long, and many that are together. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageHasABound(boolean inPieces) throws Exception {
        try (RawWebSocket client =
                RawWebSocket.open(server.url(Servers.script("cat")), "v5.channel.k8s.io")) {
            if (inPieces) {
                byte[] part = new byte[Limits.MESSAGE / 4];
                for (int i = 0; i < 5; i++) {
                    client.send(
                            i == 0 ? RawWebSocket.BINARY : RawWebSocket.CONTINUATION,
                            false,
                            part,
                            0,
                            part.length);
                }
            } else {
                client.head(RawWebSocket.BINARY, true, Limits.MESSAGE + 1);
            }
            assertThat(client.closeStatus()).isEqualTo(1009);
        }
        Servers.await(() -> server.connections() == 0, "the connection's end");
        for (FakeBackend.Local local : backend.processes) {
            assertThat(local.process.waitFor()).isNotZero();
        }
    }
}
