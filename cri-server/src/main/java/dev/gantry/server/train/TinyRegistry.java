package dev.gantry.server.train;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** A registry on the loopback with one image, whatever its name (OCI distribution-spec 1.1). */
final class TinyRegistry implements AutoCloseable {
    private final HttpServer server;
    private final TinyImage image;

    private TinyRegistry(HttpServer server, TinyImage image) {
        this.server = server;
        this.image = image;
    }

    static TinyRegistry start(TinyImage image) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        TinyRegistry registry = new TinyRegistry(server, image);
        server.createContext("/v2/", registry::answer);
        server.start();
        return registry;
    }

    /** Its name in references. */
    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Optional<byte[]> found = find(path);
            if (found.isEmpty()) {
                exchange.sendResponseHeaders(path.equals("/v2/") ? 200 : 404, -1);
                return;
            }
            byte[] content = found.get();
            exchange.getResponseHeaders().set("Docker-Content-Digest", TinyImage.digest(content));
            exchange.getResponseHeaders()
                    .set(
                            "Content-Type",
                            path.contains("/manifests/")
                                    ? TinyImage.MANIFEST
                                    : "application/octet-stream");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", "" + content.length);
                exchange.sendResponseHeaders(200, -1);
            } else {
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content);
            }
        }
    }

    private Optional<byte[]> find(String path) {
        if (path.contains("/manifests/")) {
            return Optional.of(image.manifest());
        }
        String digest = path.substring(path.lastIndexOf('/') + 1);
        return path.contains("/blobs/") ? image.blob(digest) : Optional.empty();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
