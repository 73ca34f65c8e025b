package dev.gantry.imagestore.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes connections on to a port of this machine, and cuts those over which clients have sent a
 * number of bytes, as long as there are cuts left.
 */
public final class CuttingProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;
    private final long after;
    private final AtomicInteger cuts;

    private CuttingProxy(ServerSocket server, int target, long after, int cuts) {
        this.server = server;
        this.target = target;
        this.after = after;
        this.cuts = new AtomicInteger(cuts);
    }

    public static CuttingProxy start(int target, long afterBytes, int cuts) {
        try {
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            CuttingProxy proxy = new CuttingProxy(server, target, afterBytes, cuts);
            Thread.ofVirtual().name("cutting-proxy").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Host and port. */
    public String authority() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** How many are left. */
    public int cuts() {
        return Math.max(cuts.get(), 0);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket registry = new Socket(InetAddress.getLoopbackAddress(), target);
                Thread.ofVirtual().start(() -> copy(client, registry, true));
                Thread.ofVirtual().start(() -> copy(registry, client, false));
            } catch (IOException e) {
                return; // It was closed.
            }
        }
    }

    private void copy(Socket from, Socket to, boolean counted) {
        byte[] buffer = new byte[16 << 10];
        long sent = 0;
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                sent += count;
                if (counted && sent > after && cuts.getAndDecrement() > 0) {
                    return;
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            return; // The other direction has ended.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
