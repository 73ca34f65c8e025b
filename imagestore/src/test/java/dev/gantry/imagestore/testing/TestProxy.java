package dev.gantry.imagestore.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy on loopback with basic authentication, for which every name is this machine. One
 * request a connection for plain HTTP; CONNECT for the rest.
 */
public final class TestProxy implements AutoCloseable {
    private final ServerSocket server;
    private final String expected;
    private final List<String> targets = new CopyOnWriteArrayList<>();

    public TestProxy(String user, String password) {
        String pair = user + ":" + password;
        expected =
                "Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** For HTTP_PROXY, with user and password as a URL has them. */
    public String url(String user) {
        return "http://" + user + "@127.0.0.1:" + server.getLocalPort();
    }

    /** What was asked for by those who had the password: method and origin. */
    public List<String> targets() {
        return List.copyOf(targets);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            List<String> head = head(in);
            if (head.isEmpty()) {
                return;
            }
            OutputStream out = client.getOutputStream();
            if (head.stream().noneMatch(expected::equalsIgnoreCase)) {
                write(
                        out,
                        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
                return;
            }
            String[] request = head.getFirst().split(" ", -1);
            if (request[0].equals("CONNECT")) {
                targets.add("CONNECT " + request[1]);
                int port = Integer.parseInt(request[1].substring(request[1].lastIndexOf(':') + 1));
                try (Socket target = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    write(out, "HTTP/1.1 200 Connected\r\n\r\n");
                    relay(client, in, target);
                }
                return;
            }
            URI uri = URI.create(request[1]);
            targets.add(request[0] + " http://" + uri.getRawAuthority());
            try (Socket target = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
                StringBuilder forward = new StringBuilder();
                forward.append("%s %s HTTP/1.1\r\n".formatted(request[0], uri.getRawPath()));
                head.stream()
                        .skip(1)
                        .filter(line -> !line.startsWith("Proxy-"))
                        .forEach(line -> forward.append(line).append("\r\n"));
                write(target.getOutputStream(), forward + "Connection: close\r\n\r\n");
                target.getInputStream().transferTo(out);
            }
        } catch (IOException e) {
            // A client that went away.
        }
    }

    private static void relay(Socket client, InputStream in, Socket target) throws IOException {
        Thread back =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        target.getInputStream()
                                                .transferTo(client.getOutputStream());
                                        client.shutdownOutput();
                                    } catch (IOException e) {
                                        // One of the two has closed.
                                    }
                                });
        in.transferTo(target.getOutputStream());
        target.shutdownOutput();
        try {
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> head(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                if (line.isEmpty()) {
                    return lines;
                }
                lines.add(line.toString());
                line.setLength(0);
            } else if (c != '\r') {
                line.append((char) c);
            }
        }
        return List.of();
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
