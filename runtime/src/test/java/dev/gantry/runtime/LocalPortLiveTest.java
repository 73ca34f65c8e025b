package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.process.NamespaceThread;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections into a pod's network namespace, without a process. */
@Tag("root")
@Timeout(60)
class LocalPortLiveTest {
    private LivePods pods;

    @BeforeEach
    void open() throws Exception {
        pods = new LivePods();
    }

    @AfterEach
    void close() throws Exception {
        pods.close();
    }

    private static ServerSocketChannel listen(PodHandle pod, String localhost) throws IOException {
        return NamespaceThread.call(
                Duration.ofSeconds(30),
                here -> {
                    here.enter(pod.netns().orElseThrow());
                    InetAddress address = InetAddress.ofLiteral(localhost);
                    var family =
                            address.getAddress().length == 4
                                    ? StandardProtocolFamily.INET
                                    : StandardProtocolFamily.INET6;
                    return ServerSocketChannel.open(family).bind(new InetSocketAddress(address, 0));
                });
    }

    private static void echoes(PodHandle pod, ServerSocketChannel server) throws IOException {
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        try (SocketChannel client = pod.connect(port);
                SocketChannel peer = server.accept()) {
            client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            ByteBuffer got = ByteBuffer.allocate(8);
            assertThat(peer.read(got)).isEqualTo(3);
            peer.shutdownOutput();
            assertThat(client.read(got)).isEqualTo(-1);
        }
    }

    @Test
    void reachesWhatListensInThePod() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec());
        try (ServerSocketChannel four = listen(pod, "127.0.0.1");
                ServerSocketChannel six = listen(pod, "::1")) {
            echoes(pod, four);
            echoes(pod, six);
        }
        assertThatThrownBy(() -> pod.connect(7))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.UNAVAILABLE))
                .hasMessageContaining("port 7")
                .hasMessageContaining("127.0.0.1")
                .hasMessageContaining("refused");
        pod.stop();
        assertThat(pods.leftovers()).isEmpty();
    }

    @Test
    void onTheHostsNetworkTheHostIsReached() throws Exception {
        PodHandle pod = pods.runtime.start(pods.spec(NamespaceMode.NODE, NamespaceMode.CONTAINER));
        try (ServerSocketChannel server =
                ServerSocketChannel.open()
                        .bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
            echoes(pod, server);
        }
        pod.stop();
    }
}
