package dev.gantry.server.metrics;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gantry.model.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Serves {@code GET /metrics} over HTTP, packed for who takes gzip, and {@code GET /healthz}, which
 * says that the daemon answers. At most a few scrapes are answered at a time and the rest are told
 * 503, so nobody who can reach the port makes the daemon busy.
 */
public final class MetricsEndpoint implements AutoCloseable {
    private static final int SCRAPES_MAX = 4;
    private static final int BACKLOG = 16;
    private static final Pattern GZIP_WITH_WEIGHT =
            Pattern.compile("gzip;q=(?:1(?:\\.0*)?|0\\.0*[1-9][0-9]*)");
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    static {
        // The server of the JDK waits for ever by itself; it reads these once.
        Map.of(
                        "sun.net.httpserver.maxReqTime", "10",
                        "sun.net.httpserver.maxRspTime", "30",
                        "jdk.httpserver.maxConnections", "64")
                .forEach(
                        (key, value) -> {
                            if (System.getProperty(key) == null) {
                                System.setProperty(key, value);
                            }
                        });
    }

    private final HttpServer server;
    private final Semaphore scrapes = new Semaphore(SCRAPES_MAX);

    private MetricsEndpoint(HttpServer server) {
        this.server = server;
    }

    /** Listens and answers on threads of the factory; UNAVAILABLE when the address is taken. */
    public static MetricsEndpoint start(
            InetSocketAddress address, Metrics metrics, ThreadFactory threads) {
        InetSocketAddress resolved =
                new InetSocketAddress(address.getHostString(), address.getPort());
        try {
            HttpServer server = HttpServer.create(resolved, BACKLOG);
            MetricsEndpoint endpoint = new MetricsEndpoint(server);
            server.setExecutor(task -> threads.newThread(task).start());
            server.createContext("/", exchange -> endpoint.answer(exchange, "", () -> ""));
            server.createContext(
                    "/metrics", exchange -> endpoint.answer(exchange, "/metrics", metrics::scrape));
            server.createContext(
                    "/healthz", exchange -> endpoint.answer(exchange, "/healthz", () -> "ok\n"));
            server.start();
            return endpoint;
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.UNAVAILABLE,
                    "listen for metrics on %s:%d: %s; choose another --metrics-address"
                            .formatted(address.getHostString(), address.getPort(), e.getMessage()),
                    e);
        }
    }

    /** Where it listens, also when the port was chosen by the kernel. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void answer(HttpExchange exchange, String path, Supplier<String> body)
            throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals(path)) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                exchange.sendResponseHeaders(405, -1);
            } else if (!scrapes.tryAcquire()) {
                exchange.sendResponseHeaders(503, -1);
            } else {
                try {
                    send(exchange, body.get().getBytes(StandardCharsets.UTF_8));
                } finally {
                    scrapes.release();
                }
            }
        }
    }

    private static void send(HttpExchange exchange, byte[] plain) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", TEXT);
        headers.set("Vary", "Accept-Encoding");
        byte[] body = plain;
        if (takesGzip(exchange.getRequestHeaders())) {
            headers.set("Content-Encoding", "gzip");
            body = gzip(plain);
        }
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    /** RFC 9110, 12.5.3, as far as scrapers use it: gzip is named, and not refused by q=0. */
    private static boolean takesGzip(Headers request) {
        return request.getOrDefault("Accept-Encoding", List.of()).stream()
                .flatMap(line -> Stream.of(line.split(",", -1)))
                .map(one -> one.replace(" ", "").toLowerCase(Locale.ROOT))
                .anyMatch(one -> one.equals("gzip") || GZIP_WITH_WEIGHT.matcher(one).matches());
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 8);
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
