package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.model.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers do to connections, byte by byte. */
@Timeout(60)
final class TransportTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Serves one connection; whatever it throws closes it. */
    private interface Script {
        void serve(Wire wire) throws IOException;
    }

    /** A server's end of a connection. */
    private static final class Wire {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Wire(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
        }

        /** Reads one head, byte by byte. */
        String head() throws IOException {
            StringBuilder text = new StringBuilder();
            while (text.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("closed");
                }
                text.append((char) next);
            }
            return text.toString();
        }

        void say(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** Until the client closes. */
        void awaitClose() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final ServerSocket server;

    TransportTest() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Serves connections by these scripts, in this order; the last one serves all that follow. */
    private void serve(Script... scripts) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            for (int i = 0; !server.isClosed(); i++) {
                                Script script = scripts[Math.min(i, scripts.length - 1)];
                                try {
                                    Socket socket = server.accept();
                                    sockets.add(socket);
                                    Thread.ofVirtual().start(() -> serve(socket, script));
                                } catch (IOException e) {
                                    return;
                                }
                            }
                        });
    }

    private static void serve(Socket socket, Script script) {
        try (socket) {
            script.serve(new Wire(socket));
        } catch (IOException e) {
            // The client went away, which is what some tests want.
        }
    }

    private Script answering(String answer) {
        return wire -> {
            while (true) {
                heads.add(wire.head());
                wire.say(answer);
            }
        };
    }

    private Request request(String method) {
        return Request.of(
                method, URI.create("http://127.0.0.1:%d/x".formatted(server.getLocalPort())));
    }

    private static Transport transport(Duration readTimeout) {
        return new Transport(LONG, readTimeout, Proxies.NONE);
    }

    private static String text(Transport transport, Request request) {
        try (Response response = transport.send(RegistryHost.Dial.SYSTEM, request)) {
            return response.status()
                    + " "
                    + new String(response.bytes(1 << 20), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Failure failure(Transport transport, Request request) {
        return catchThrowableOfType(Failure.class, () -> text(transport, request));
    }

    private static Request upload(Request request, int length) {
        return request.withBody(
                new Request.Body.Content(
                        from -> new ByteArrayInputStream(new byte[length]), 0, length, false));
    }

    @Test
    void aConnectionIsUsedAgain() {
        serve(answering(OK));
        Transport transport = transport(LONG);
        for (int i = 0; i < 3; i++) {
            assertThat(text(transport, request("GET"))).isEqualTo("200 ok");
        }
        assertThat(text(transport, request("POST"))).isEqualTo("200 ok");
        assertThat(sockets).hasSize(1);
        assertThat(heads.getLast())
                .startsWith("POST /x HTTP/1.1\r\n")
                .contains("Content-Length: 0");
        assertThat(heads.getFirst())
                .contains("Host: 127.0.0.1:" + server.getLocalPort() + "\r\n")
                .contains("User-Agent: gantry\r\n")
                .doesNotContain("Accept-Encoding")
                .doesNotContain("Cookie");
    }

    @Test
    void chunksTrailersAndInterimAnswersAreUnderstood() {
        serve(
                answering(
                        String.join(
                                "\r\n",
                                "HTTP/1.1 100 Continue",
                                "",
                                "HTTP/1.1 103 Early Hints",
                                "Link: x",
                                "",
                                "HTTP/1.1 200 OK",
                                "Transfer-Encoding: chunked",
                                "Set-Cookie: a=b",
                                "",
                                "3",
                                "abc",
                                "2;x=y",
                                "de",
                                "0",
                                "Trailer: t",
                                "",
                                "")));
        Transport transport = transport(LONG);
        assertThat(text(transport, request("GET"))).isEqualTo("200 abcde");
        assertThat(text(transport, request("GET"))).isEqualTo("200 abcde");
        assertThat(sockets).hasSize(1);
        assertThat(heads.getLast()).doesNotContain("Cookie");
    }

    @Test
    void aBodyThatIsLeftInTheMiddleIsNotReadToItsEnd() throws IOException {
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        serve(
                wire -> {
                    wire.head();
                    wire.say("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nbegin");
                    wire.awaitClose();
                    closed.complete(true);
                },
                answering(OK));
        Transport transport = transport(LONG);
        try (Response response = transport.send(RegistryHost.Dial.SYSTEM, request("GET"))) {
            assertThat(response.body().readNBytes(5)).asString().isEqualTo("begin");
        }
        assertThat(closed.join()).isTrue();
        assertThat(text(transport, request("GET"))).isEqualTo("200 ok");
        assertThat(sockets).hasSize(2);
    }

    @Test
    void whatAServerClosedMeanwhileIsAskedForAgainIfNothingIsChangedByIt() {
        Script once =
                wire -> {
                    heads.add(wire.head());
                    wire.say(OK);
                    heads.add(wire.head()); // And closes without an answer.
                };
        serve(once, once, answering(OK));
        Transport transport = transport(LONG);
        assertThat(text(transport, request("GET"))).isEqualTo("200 ok");
        assertThat(text(transport, request("GET"))).isEqualTo("200 ok");
        assertThat(sockets).hasSize(2);
        assertThat(failure(transport, request("POST")).code()).isEqualTo(Failure.Code.UNAVAILABLE);
        assertThat(heads).hasSize(4);
        assertThat(heads.getLast()).startsWith("POST");
    }

    @Test
    void aConnectionThatWasClosedIsNotUsedForWhatChangesSomething() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        serve(
                wire -> {
                    wire.head();
                    wire.say(OK);
                    wire.socket.shutdownOutput();
                    closed.countDown();
                    wire.awaitClose();
                },
                answering(OK));
        Transport transport = transport(LONG);
        assertThat(text(transport, request("GET"))).isEqualTo("200 ok");
        closed.await();
        assertThat(text(transport, request("POST"))).isEqualTo("200 ok");
        assertThat(sockets).hasSize(2);
    }

    @Test
    void aServerThatStopsInItsAnswerIsGivenUp() {
        serve(
                wire -> {
                    wire.head();
                    wire.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin");
                    wire.awaitClose();
                });
        Transport transport = transport(SHORT);
        try (Response response = transport.send(RegistryHost.Dial.SYSTEM, request("GET"))) {
            IOException e =
                    catchThrowableOfType(IOException.class, () -> response.body().readNBytes(100));
            assertThat(e).isInstanceOf(Overdue.class);
            assertThat(NetworkErrors.of("GET x", e).message())
                    .isEqualTo("GET x: the host did not answer in time");
        }
    }

    @Test
    void aHeadThatTricklesIsGivenUp() {
        serve(
                wire -> {
                    wire.head();
                    wire.say("HTTP/1.1 200 OK\r\nX: ");
                    while (true) {
                        wire.say("x");
                        java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                    }
                });
        assertThat(failure(transport(SHORT), request("GET")).code())
                .isEqualTo(Failure.Code.DEADLINE_EXCEEDED);
    }

    @Test
    void anUploadThatStandsStillIsGivenUp() {
        CountDownLatch never = new CountDownLatch(1);
        serve(
                wire -> {
                    wire.head();
                    try {
                        never.await(); // Reads nothing more.
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        Failure failure = failure(transport(SHORT), upload(request("PATCH"), 64 << 20));
        assertThat(failure.code()).isEqualTo(Failure.Code.DEADLINE_EXCEEDED);
        never.countDown();
    }

    @Test
    void anAnswerBeforeTheEndOfAnUploadIsHeard() {
        serve(
                wire -> {
                    wire.head();
                    wire.say("HTTP/1.1 413 No\r\nContent-Length: 4\r\n\r\nlong");
                    wire.awaitClose();
                });
        assertThat(text(transport(LONG), upload(request("PATCH"), 64 << 20))).isEqualTo("413 long");
    }

    @Test
    void whatCannotBeReadIsNotTheNetworksFault() {
        serve(Wire::awaitClose);
        Request request =
                request("PUT")
                        .withBody(
                                new Request.Body.Content(
                                        from -> {
                                            throw new IOException("disk is gone");
                                        },
                                        0,
                                        10,
                                        true));
        assertThat(failure(transport(LONG), request))
                .hasMessageContaining("what is sent cannot be read: disk is gone")
                .extracting(Failure::code)
                .isEqualTo(Failure.Code.INTERNAL);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterruptionEndsARequestOnAnyThread(boolean virtual) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        serve(
                wire -> {
                    wire.head();
                    asked.countDown();
                    wire.awaitClose();
                });
        CompletableFuture<Failure> result = new CompletableFuture<>();
        Thread thread =
                (virtual ? Thread.ofVirtual() : Thread.ofPlatform())
                        .start(() -> result.complete(failure(transport(LONG), request("GET"))));
        asked.await();
        thread.interrupt();
        assertThat(result.get().code()).isEqualTo(Failure.Code.CANCELLED);
    }

    @Test
    void aHeaderCannotSmuggleAnother() {
        serve(answering(OK));
        Request request = request("GET").withHeaders(Map.of("X", List.of("a\r\nY: b")));
        assertThat(failure(transport(LONG), request))
                .hasMessageContaining("header X")
                .extracting(Failure::code)
                .isEqualTo(Failure.Code.FAILED_PRECONDITION);
        assertThat(heads).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                ""
            })
    void whatIsNoHttpIsNoAnswer(String answer) {
        serve(
                wire -> {
                    wire.head();
                    wire.say(answer);
                });
        assertThat(failure(transport(LONG), request("GET")).code())
                .isEqualTo(Failure.Code.UNAVAILABLE);
    }

    @Test
    void aHeadWithoutEndIsRefused() {
        serve(
                wire -> {
                    wire.head();
                    wire.say("HTTP/1.1 200 OK\r\n");
                    while (true) {
                        wire.say("X: y\r\n".repeat(1000));
                    }
                });
        assertThat(failure(transport(LONG), request("GET")).code())
                .isEqualTo(Failure.Code.UNAVAILABLE);
    }
}
