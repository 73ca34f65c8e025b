package dev.gantry.networks.dns;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TCP side: a thread a connection, its questions one after another (RFC 7766). */
final class TcpDoor {
    private static final Logger LOG = LoggerFactory.getLogger(TcpDoor.class);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final int MOST_CONNECTIONS = 64;
    private static final int LARGEST_MESSAGE = 65_535;

    private final ServerSocket listener;
    private final Zone zone;
    private final Answers answers;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    TcpDoor(ServerSocket listener, Zone zone, Answers answers) {
        this.listener = listener;
        this.zone = zone;
        this.answers = answers;
    }

    void start(String name) {
        Thread.ofVirtual().name(name).start(this::accept);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                take(listener.accept());
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.atDebug().addKeyValue("error", e.getMessage()).log("no connection taken");
                }
            }
        }
    }

    private void take(Socket socket) throws IOException {
        if (connections.size() >= MOST_CONNECTIONS || !zone.contains(socket.getInetAddress())) {
            socket.close();
            return;
        }
        connections.add(socket);
        if (listener.isClosed()) {
            socket.close();
        }
        Thread.ofVirtual().name("dns connection").start(() -> serve(socket));
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout(Math.toIntExact(IDLE.toMillis()));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            InetAddress client = socket.getInetAddress();
            while (true) {
                byte[] message = new byte[in.readUnsignedShort()];
                in.readFully(message);
                var query = Query.parse(message);
                if (query.isEmpty()) {
                    return;
                }
                out.write(
                        framed(
                                answers.answer(
                                        query.get(), client, Transport.TCP, LARGEST_MESSAGE)));
            }
        } catch (EOFException | SocketTimeoutException e) {
            // It has asked all that it wants to.
        } catch (IOException | RuntimeException e) {
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("a connection broke off");
        } finally {
            connections.remove(socket);
        }
    }

    private static byte[] framed(byte[] message) {
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        return framed;
    }

    void close() {
        try {
            listener.close();
            for (Socket socket : connections) {
                socket.close();
            }
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("error", e.getMessage()).log("closing failed");
        }
    }
}
