package dev.gantry.server.streaming;

import dev.gantry.model.Failure;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Port forwarding over WebSocket channels: port number i has channel 2i for data and 2i + 1 for an
 * error message. The first message of each is the port, two bytes, little-endian.
 */
final class MessagePortForward {
    private static final Logger LOG = LoggerFactory.getLogger(MessagePortForward.class);

    private final MessageSession session;
    private final Channel connection;
    private final StreamRequest.PortForward request;
    private final StreamBackend backend;

    MessagePortForward(
            MessageSession session,
            Channel connection,
            StreamRequest.PortForward request,
            StreamBackend backend) {
        this.session = session;
        this.connection = connection;
        this.request = request;
        this.backend = backend;
    }

    /** The channels that the client may send on. */
    static Set<Integer> readable(int ports) {
        Set<Integer> all = new TreeSet<>();
        for (int i = 0; i < ports; i++) {
            all.add(2 * i);
        }
        return all;
    }

    /** Serves every port of the request until all have ended. Blocks. */
    void run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < request.ports().size(); i++) {
            int data = 2 * i;
            int port = request.ports().get(i);
            threads.add(Thread.ofVirtual().name("port-forward").start(() -> serve(data, port)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        session.finish();
    }

    private void serve(int data, int port) {
        byte[] number = {(byte) port, (byte) (port >> 8)};
        try {
            session.to(data).write(number);
            session.to(data + 1).write(number);
            forward(data, port);
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("port forwarding broke off");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void forward(int data, int port) throws IOException, InterruptedException {
        try {
            PortTunnel tunnel =
                    new PortTunnel(
                            session.from(data),
                            session.to(data),
                            backend.connect(request.pod(), port));
            connection.closeFuture().addListener(_ -> tunnel.close());
            tunnel.run(false);
        } catch (Failure e) {
            String message =
                    "error forwarding port %d to pod %s: %s"
                            .formatted(port, request.pod(), e.message());
            session.to(data + 1).write(message.getBytes(StandardCharsets.UTF_8));
            session.from(data).close();
        }
    }
}
