package dev.gantry.server.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies between a client's stream and a socket in a pod, both ways, until both have ended. */
final class PortTunnel {
    private static final Logger LOG = LoggerFactory.getLogger(PortTunnel.class);

    private final InputStream from;
    private final OutputStream to;
    private final SocketChannel socket;

    PortTunnel(InputStream from, OutputStream to, SocketChannel socket) {
        this.from = from;
        this.to = to;
        this.socket = socket;
    }

    /**
     * Blocks until it is over, and closes the socket. Closing the socket meanwhile ends it.
     *
     * @param halfClose whether the client can still send when the pod's side has ended
     */
    void run(boolean halfClose) throws IOException, InterruptedException {
        try (socket) {
            Thread sending = Thread.ofVirtual().name("forward").start(this::toSocket);
            toClient();
            to.close();
            if (!halfClose) {
                socket.close();
                from.close();
            }
            sending.join();
        }
    }

    private void toClient() throws IOException {
        byte[] buffer = new byte[Limits.COPY];
        ByteBuffer window = ByteBuffer.wrap(buffer);
        while (socket.read(window.clear()) >= 0) {
            to.write(buffer, 0, window.position());
        }
    }

    private void toSocket() {
        byte[] buffer = new byte[Limits.COPY];
        try {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                ByteBuffer window = ByteBuffer.wrap(buffer, 0, n);
                while (window.hasRemaining()) {
                    socket.write(window);
                }
            }
            socket.shutdownOutput();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", e).log("forwarding to the pod ended");
            close();
        }
    }

    /** Ends it from outside. */
    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", e).log("close of a forwarded socket");
        }
    }
}
