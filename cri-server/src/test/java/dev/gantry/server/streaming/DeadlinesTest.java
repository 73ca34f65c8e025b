package dev.gantry.server.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The server with short deadlines, and clients that let them pass. */
class DeadlinesTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofSeconds(2);

    private final FakeBackend backend = new FakeBackend();

    @Test
    void aSilentConnectionIsClosedAndItsCommandKilled() throws Exception {
        try (StreamingServer server =
                StreamingServer.start(Servers.settings(SHORT, LONG), backend)) {
            try (SpdyClient client = open(server, "sleep 1000")) {
                client.until(() -> false);
                assertThat(client.closed).isTrue();
            }
            assertThat(backend.processes.getFirst().process.waitFor()).isNotZero();
            Servers.await(() -> server.connections() == 0, "the connection's end");
            assertThat(server.sessions(StreamRequest.Kind.EXEC)).isZero();
        }
    }

    @Test
    void pingsAreMovement() throws Exception {
        try (StreamingServer server =
                        StreamingServer.start(Servers.settings(SHORT, LONG), backend);
                SpdyClient client = open(server, "cat")) {
            for (int i = 1; i < 14; i += 2) {
                int id = i;
                Thread.sleep(SHORT.dividedBy(4));
                client.ping(id);
                client.until(() -> client.pongs.contains(id));
            }
            assertThat(client.closed).isFalse();
            assertThat(client.pongs).hasSize(7);
            assertThat(server.sessions(StreamRequest.Kind.EXEC)).isEqualTo(1);
        }
    }

    @Test
    void aClientThatAsksForNothingIsClosed() throws Exception {
        try (StreamingServer server =
                        StreamingServer.start(Servers.settings(LONG, SHORT), backend);
                Socket silent = SpdyClient.dial(server.url(Servers.script("true")))) {
            assertThat(silent.getInputStream().read()).isNegative();
        }
    }

    @Test
    void aClientIsToldWhichStreamsItDidNotOpen() throws Exception {
        try (StreamingServer server =
                        StreamingServer.start(Servers.settings(LONG, SHORT), backend);
                SpdyClient client =
                        SpdyClient.open(server.url(Servers.script("true")), "v4.channel.k8s.io")) {
            int error = client.stream("error");
            client.stream("stdin");
            client.until(() -> false);
            assertThat(client.text(error))
                    .contains("timed out waiting for the client to open its streams")
                    .contains("stderr, stdout");
            assertThat(client.goneAway).isTrue();
            assertThat(backend.processes).isEmpty();
        }
    }

    @Test
    void halfAPairOfAForwardingIsReset() throws Exception {
        try (StreamingServer server =
                        StreamingServer.start(Servers.settings(LONG, SHORT), backend);
                SpdyClient client =
                        SpdyClient.open(server.url(Servers.forward(80)), "portforward.k8s.io")) {
            int half = client.open(false, "streamtype", "error", "port", "80", "requestid", "1");
            client.until(() -> client.reset.contains(half));
            assertThat(client.reset).containsExactly(half);
        }
    }

    /** A command whose streams are open and that runs. */
    private SpdyClient open(StreamingServer server, String script)
            throws IOException, InterruptedException {
        SpdyClient client =
                SpdyClient.open(server.url(Servers.script(script)), "v4.channel.k8s.io");
        for (String type : new String[] {"error", "stdin", "stdout", "stderr"}) {
            client.stream(type);
        }
        Servers.await(() -> backend.processes.size() == 1, "the command");
        return client;
    }
}
