package dev.gantry.server.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server with a client that speaks SPDY/3.1. */
class SpdyServerTest {
    private final FakeBackend backend = new FakeBackend();
    private final StreamingServer server = StreamingServer.start(Servers.settings(), backend);

    @AfterEach
    void close() {
        server.close();
    }

    private SpdyClient connect(StreamRequest request, String protocol) throws IOException {
        return SpdyClient.open(server.url(request), protocol);
    }

    @ParameterizedTest
    @CsvSource({
        "v4.channel.k8s.io, '{\"metadata\":{},\"status\":\"Success\"}'",
        "v3.channel.k8s.io, ''",
        "v2.channel.k8s.io, ''",
        "channel.k8s.io, ''"
    })
    void copiesStreamsUntilTheHalfClose(String protocol, String status) throws IOException {
        try (SpdyClient client = connect(Servers.script("cat; echo done >&2"), protocol)) {
            int error = client.stream("error");
            int stdin = client.stream("stdin");
            int stdout = client.stream("stdout");
            int stderr = client.stream("stderr");
            client.write(stdin, "hello", false);
            client.until(() -> client.text(stdout).equals("hello"));
            client.write(stdin, " world", true);
            client.until(
                    () -> client.finished.containsAll(java.util.Set.of(error, stdout, stderr)));
            assertThat(client.text(stdout)).isEqualTo("hello world");
            assertThat(client.text(stderr)).isEqualTo("done\n");
            assertThat(client.text(error)).isEqualTo(status);
        }
    }

    @Test
    void tellsTheExitCode() throws IOException {
        runToItsExitCode();
    }

    private void runToItsExitCode() throws IOException {
        try (SpdyClient client = connect(Servers.script("exit 42"), "v4.channel.k8s.io")) {
            int error = client.stream("error");
            for (String type : new String[] {"stdin", "stdout", "stderr"}) {
                client.stream(type);
            }
            client.until(() -> client.finished.contains(error));
            assertThat(client.text(error))
                    .contains("\"reason\":\"NonZeroExitCode\"")
                    .contains("\"reason\":\"ExitCode\"")
                    .contains("\"message\":\"42\"");
        }
    }

    @Test
    void tellsAFailureInWords() throws IOException {
        var request =
                new StreamRequest.Exec(
                        "gone",
                        java.util.List.of("true"),
                        new dev.gantry.runtime.StreamOptions(false, false, true, false));
        try (SpdyClient client = connect(request, "v4.channel.k8s.io")) {
            int error = client.stream("error");
            client.stream("stdout");
            client.until(() -> client.finished.contains(error));
            assertThat(client.text(error))
                    .contains("\"status\":\"Failure\"")
                    .contains("container gone is exited")
                    .contains("InternalError");
        }
    }

    @Test
    void terminalsAreResized() throws IOException, InterruptedException {
        try (SpdyClient client = connect(Servers.terminal("cat"), "v4.channel.k8s.io")) {
            client.stream("error");
            int stdin = client.stream("stdin");
            client.stream("stdout");
            int resize = client.stream("resize");
            client.write(resize, "{\"Width\":80,\"Height\":24}\n{\"Width\":1", false);
            client.write(resize, "00,\"Height\":30}", false);
            Servers.await(() -> backend.sizes.size() == 2, "two sizes");
            assertThat(backend.sizes).containsExactly("24x80", "30x100");
            client.write(stdin, "", true);
            client.until(() -> client.reset.contains(resize));
            assertThat(client.reset).contains(resize);
        }
    }

    @Test
    void aClientThatLeavesEndsItsCommand() throws Exception {
        SpdyClient client = connect(Servers.script("sleep 1000"), "v4.channel.k8s.io");
        for (String type : new String[] {"error", "stdin", "stdout", "stderr"}) {
            client.stream(type);
        }
        Servers.await(() -> backend.processes.size() == 1, "the command");
        client.close();
        assertThat(backend.processes.getFirst().process.waitFor()).isNotZero();
        Servers.await(() -> server.connections() == 0, "the connection's end");
    }

    @Test
    void aReaderThatDoesNotReadHoldsUpNobodyElse() throws Exception {
        try (SpdyClient slow =
                connect(Servers.script("head -c 50000000 /dev/zero"), "v4.channel.k8s.io")) {
            int slowError = slow.stream("error");
            slow.stream("stdin");
            int slowOut = slow.stream("stdout");
            slow.stream("stderr");
            Servers.await(() -> backend.processes.size() == 1, "the slow reader's command");
            for (int i = 0; i < 5; i++) {
                runToItsExitCode();
            }
            assertThat(backend.processes.getFirst().process.isAlive()).isTrue();
            slow.until(() -> slow.finished.contains(slowError));
            assertThat(slow.bytes(slowOut)).isEqualTo(50_000_000);
            assertThat(slow.text(slowError)).contains("Success");
        }
    }

    @Test
    void aChildInTheBackgroundDoesNotHoldTheEndUp() throws IOException {
        try (SpdyClient client =
                connect(Servers.script("sleep 60 & echo started"), "v4.channel.k8s.io")) {
            int error = client.stream("error");
            client.stream("stdin");
            int stdout = client.stream("stdout");
            client.stream("stderr");
            client.until(() -> client.finished.contains(error));
            assertThat(client.text(stdout)).isEqualTo("started\n");
            assertThat(client.text(error)).contains("Success");
        }
    }

    @Test
    void stdinThatNobodyReadsIsBoundedAndDroppedInTheEnd() throws Exception {
        try (SpdyClient client =
                connect(Servers.script("exec 0<&-; sleep 1"), "v4.channel.k8s.io")) {
            int error = client.stream("error");
            int stdin = client.stream("stdin");
            client.stream("stdout");
            client.stream("stderr");
            Thread sender =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            for (int i = 0; i < 400; i++) {
                                                client.write(stdin, new byte[50_000], false);
                                            }
                                        } catch (IOException e) {
                                            throw new java.io.UncheckedIOException(e);
                                        }
                                    });
            client.until(() -> client.finished.contains(error));
            assertThat(client.text(error)).contains("Success");
            sender.join();
        }
    }

    @Test
    void answersPingsAndRefusesStrangers() throws IOException {
        try (SpdyClient client = connect(Servers.script("cat"), "v4.channel.k8s.io")) {
            client.ping(7);
            int strange = client.stream("strange");
            int error = client.stream("error");
            int twice = client.stream("error");
            client.until(() -> client.reset.contains(twice));
            assertThat(client.pongs).containsExactly(7);
            assertThat(client.reset).contains(strange, twice).doesNotContain(error);
            assertThat(client.replied).contains(error);
        }
    }

    @Test
    void garbageIsBrokenOffWithAGoodbye() throws IOException {
        try (SpdyClient client = connect(Servers.script("cat"), "v4.channel.k8s.io")) {
            byte[] hugeSettings = {(byte) 0x80, 3, 0, 4, 0, (byte) 0xff, (byte) 0xff, (byte) 0xff};
            client.raw(Unpooled.copiedBuffer(hugeSettings));
            client.until(() -> false);
            assertThat(client.goneAway).isTrue();
            assertThat(client.closed).isTrue();
        }
        assertThat(backend.processes).isEmpty();
    }

    @Test
    void headersThatInflateTooFarAreBrokenOff() throws IOException {
        try (SpdyClient client = connect(Servers.script("cat"), "v4.channel.k8s.io")) {
            client.open(false, "streamtype", "error", "x", "y".repeat(60_000));
            client.until(() -> false);
            assertThat(client.goneAway).isTrue();
        }
    }

    @Test
    void forwardsManyConnectionsToPorts() throws Exception {
        HttpServer pod =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        byte[] page = "x".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        pod.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, page.length);
                    exchange.getResponseBody().write(page);
                    exchange.close();
                });
        pod.start();
        String port = Integer.toString(pod.getAddress().getPort());
        try (SpdyClient client = connect(Servers.forward(), "portforward.k8s.io")) {
            for (int i = 0; i < 20; i++) {
                String id = Integer.toString(i);
                int error = client.open(true, "streamtype", "error", "port", port, "requestid", id);
                int data = client.open(false, "streamtype", "data", "port", port, "requestid", id);
                client.write(data, "GET / HTTP/1.0\r\n\r\n", false);
                client.until(() -> client.finished.contains(data));
                assertThat(client.text(data))
                        .startsWith("HTTP/1.1 200")
                        .hasSizeGreaterThan(300_000);
                client.write(data, "", true);
                client.until(() -> client.finished.contains(error));
                assertThat(client.text(error)).isEmpty();
            }
        } finally {
            pod.stop(0);
        }
    }

    @Test
    void aPortWithoutListenerIsToldOnTheErrorStream() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (SpdyClient client = connect(Servers.forward(), "portforward.k8s.io")) {
            String text = Integer.toString(port);
            int error = client.open(true, "streamtype", "error", "port", text);
            int data = client.open(false, "streamtype", "data", "port", text);
            client.until(() -> client.finished.contains(error) && client.reset.contains(data));
            assertThat(client.text(error)).contains("nothing listens on port " + port);
        }
    }

    @Test
    void aPortThatWasNotAskedForIsRefused() throws IOException {
        try (SpdyClient client = connect(Servers.forward(80), "portforward.k8s.io")) {
            int error = client.open(true, "streamtype", "error", "port", "22", "requestid", "0");
            client.open(false, "streamtype", "data", "port", "22", "requestid", "0");
            client.until(() -> client.finished.contains(error));
            assertThat(client.text(error)).contains("for the ports [80] only");
        }
    }

    @Test
    void aUrlServesOnce() throws IOException {
        String url = server.url(Servers.script("true"));
        SpdyClient.open(url, "v4.channel.k8s.io").close();
        assertThat(
                        head(
                                url,
                                "Connection: Upgrade",
                                "Upgrade: SPDY/3.1",
                                "X-Stream-Protocol-Version: v4.channel.k8s.io"))
                .startsWith("HTTP/1.1 404");
    }

    @Test
    void refusalsSayWhyAndLeaveTheTokenAlone() throws IOException {
        String url = server.url(Servers.script("true"));
        assertThat(head(url)).startsWith("HTTP/1.1 400");
        assertThat(head(url, "Connection: Upgrade", "Upgrade: SPDY/3.1"))
                .startsWith("HTTP/1.1 400");
        assertThat(
                        head(
                                url,
                                "Connection: Upgrade",
                                "Upgrade: SPDY/3.1",
                                "X-Stream-Protocol-Version: v9"))
                .startsWith("HTTP/1.1 403")
                .containsIgnoringCase("X-Accepted-Stream-Protocol-Versions: v4.channel.k8s.io");
        assertThat(head(url.replace("/exec/", "/attach/"))).startsWith("HTTP/1.1 404");
        assertThat(head(url + "/more")).startsWith("HTTP/1.1 404");
        SpdyClient.open(url, "v9, v4.channel.k8s.io").close();
    }

    private static String head(String url, String... headers) throws IOException {
        try (Socket socket = SpdyClient.dial(url)) {
            return SpdyClient.post(socket, url, headers);
        }
    }

    @Test
    void whatIsNoHttpIsAnsweredAndClosed() throws IOException {
        String url = server.url(Servers.script("true"));
        try (Socket socket = SpdyClient.dial(url)) {
            byte[] noise = new byte[100_000];
            Arrays.fill(noise, (byte) 'x');
            socket.getOutputStream().write(noise, 0, 8000);
            String answer =
                    new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(answer).isEqualTo("HTTP/1.1 400");
        }
    }
}
