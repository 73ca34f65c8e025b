package dev.gantry.server.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server with the JDK's WebSocket client. */
class WebSocketServerTest {
    private final FakeBackend backend = new FakeBackend();
    private final StreamingServer server = StreamingServer.start(Servers.settings(), backend);
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        http.shutdownNow();
        server.close();
    }

    /** Gathers what comes on each channel, until the server closes. */
    private static final class Client implements WebSocket.Listener {
        final Map<Integer, ByteArrayOutputStream> channels = new ConcurrentHashMap<>();
        final CountDownLatch closed = new CountDownLatch(1);
        volatile int status;
        private final ByteArrayOutputStream message = new ByteArrayOutputStream();
        private final StringBuilder words = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            message.writeBytes(bytes);
            if (last) {
                byte[] all = message.toByteArray();
                message.reset();
                add(all[0], all, 1);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence data, boolean last) {
            words.append(data);
            if (last) {
                byte[] all = Base64.getDecoder().decode(words.substring(1));
                add(words.charAt(0) - '0', all, 0);
                words.setLength(0);
            }
            socket.request(1);
            return null;
        }

        private void add(int channel, byte[] all, int from) {
            ByteArrayOutputStream to =
                    channels.computeIfAbsent(channel, _ -> new ByteArrayOutputStream());
            to.write(all, from, all.length - from);
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            status = code;
            closed.countDown();
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.countDown();
        }

        byte[] bytes(int channel) {
            return channels.getOrDefault(channel, new ByteArrayOutputStream()).toByteArray();
        }

        String text(int channel) {
            return new String(bytes(channel), StandardCharsets.UTF_8);
        }

        void awaitClose() throws InterruptedException {
            assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private WebSocket open(String url, Client client, String... protocols) {
        WebSocket.Builder builder = http.newWebSocketBuilder();
        if (protocols.length > 0) {
            String[] others = java.util.Arrays.copyOfRange(protocols, 1, protocols.length);
            builder.subprotocols(protocols[0], others);
        }
        return builder.buildAsync(URI.create(url.replaceFirst("^http", "ws")), client).join();
    }

    private static void send(WebSocket socket, int channel, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocate(bytes.length + 1).put((byte) channel).put(bytes);
        socket.sendBinary(message.flip(), true).join();
    }

    @Test
    void versionFiveEndsStdinByItsCloseSignal() throws InterruptedException {
        Client client = new Client();
        WebSocket socket =
                open(
                        server.url(Servers.script("cat; echo done >&2; exit 3")),
                        client,
                        "v5.channel.k8s.io",
                        "v4.channel.k8s.io");
        assertThat(socket.getSubprotocol()).isEqualTo("v5.channel.k8s.io");
        send(socket, 0, "hello ");
        byte[] whole = "\0world".getBytes(StandardCharsets.UTF_8);
        socket.sendBinary(ByteBuffer.wrap(whole, 0, 3), false).join();
        socket.sendBinary(ByteBuffer.wrap(whole, 3, whole.length - 3), true).join();
        socket.sendBinary(ByteBuffer.wrap(new byte[] {(byte) 255, 0}), true).join();
        client.awaitClose();
        assertThat(client.text(1)).isEqualTo("hello world");
        assertThat(client.text(2)).isEqualTo("done\n");
        assertThat(client.text(3)).contains("NonZeroExitCode").contains("\"message\":\"3\"");
        assertThat(client.status).isEqualTo(WebSocket.NORMAL_CLOSURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4.channel.k8s.io", "v3.channel.k8s.io", "channel.k8s.io", ""})
    void olderVersionsTellTheEndInTheirWords(String protocol) throws InterruptedException {
        Client client = new Client();
        String url = server.url(Servers.script("read line; echo \"got $line\"; exit 4"));
        WebSocket socket = protocol.isEmpty() ? open(url, client) : open(url, client, protocol);
        send(socket, 0, "this\n");
        client.awaitClose();
        assertThat(client.text(1)).isEqualTo("got this\n");
        assertThat(client.text(3))
                .contains(
                        protocol.startsWith("v4")
                                ? "NonZeroExitCode"
                                : "command terminated with non-zero exit code: exit code 4");
    }

    @Test
    void base64IsSpokenInText() throws InterruptedException {
        Client client = new Client();
        WebSocket socket =
                open(
                        server.url(Servers.script("read line; echo \"got $line\"")),
                        client,
                        "v4.base64.channel.k8s.io");
        socket.sendText(
                        "0"
                                + Base64.getEncoder()
                                        .encodeToString("x\n".getBytes(StandardCharsets.UTF_8)),
                        true)
                .join();
        client.awaitClose();
        assertThat(client.text(1)).isEqualTo("got x\n");
        assertThat(client.text(3)).isEqualTo("{\"metadata\":{},\"status\":\"Success\"}");
    }

    @Test
    void whatBreaksTheProtocolIsClosedWithItsStatus() throws InterruptedException {
        for (String bad : new String[] {"\u00ff\u0009", "\u00ff", "\u00ff\u0000\u0000"}) {
            Client client = new Client();
            WebSocket socket = open(server.url(Servers.script("cat")), client, "v5.channel.k8s.io");
            socket.sendBinary(ByteBuffer.wrap(bad.getBytes(StandardCharsets.ISO_8859_1)), true)
                    .join();
            client.awaitClose();
            assertThat(client.status).isEqualTo(1002);
        }
        for (FakeBackend.Local local : backend.processes) {
            assertThat(local.process.waitFor()).isNotZero();
        }
        Servers.await(() -> server.connections() == 0, "the connections' end");
    }

    @Test
    void resizesATerminal() throws InterruptedException {
        Client client = new Client();
        WebSocket socket = open(server.url(Servers.terminal("cat")), client, "v5.channel.k8s.io");
        send(socket, 4, "{\"width\":132,\"height\":43}");
        Servers.await(() -> !backend.sizes.isEmpty(), "a size");
        assertThat(backend.sizes).containsExactly("43x132");
        socket.abort();
        Servers.await(() -> server.connections() == 0, "the connection's end");
    }

    @Test
    void protocolsThatNobodyKnowsAreRefused() {
        assertThatThrownBy(
                        () ->
                                open(
                                        server.url(Servers.script("cat")),
                                        new Client(),
                                        "v9.channel.k8s.io"))
                .hasMessageContaining("WebSocketHandshakeException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"request", "query"})
    void forwardsAPort(String named) throws IOException, InterruptedException {
        try (ServerSocket pod = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = pod.getLocalPort();
            String url =
                    named.equals("request")
                            ? server.url(Servers.forward(port))
                            : server.url(Servers.forward()) + "?port=" + port;
            Client client = new Client();
            WebSocket socket = open(url, client, "v4.channel.k8s.io");
            try (Socket inside = pod.accept()) {
                send(socket, 0, "ping");
                assertThat(inside.getInputStream().readNBytes(4))
                        .isEqualTo("ping".getBytes(StandardCharsets.UTF_8));
                inside.getOutputStream().write("pong".getBytes(StandardCharsets.UTF_8));
            }
            client.awaitClose();
            byte[] number = {(byte) port, (byte) (port >> 8)};
            assertThat(client.bytes(0))
                    .startsWith(number)
                    .endsWith("pong".getBytes(StandardCharsets.UTF_8));
            assertThat(client.bytes(1)).isEqualTo(number);
        }
    }
}
