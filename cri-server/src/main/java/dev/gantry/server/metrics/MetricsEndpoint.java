package dev.gantry.server.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * Serves {@code GET /metrics} over HTTP. At most a few scrapes are answered at a time and the rest
 * are told 503, so nobody who can reach the port makes the daemon busy.
 */
public final class MetricsEndpoint implements AutoCloseable {
    private static final int SCRAPES_MAX = 4;
    private static final int BACKLOG = 16;
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

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
            server.createContext("/metrics", exchange -> endpoint.answer(exchange, metrics));
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

    private void answer(HttpExchange exchange, Metrics metrics) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals("/metrics")) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.sendResponseHeaders(405, -1);
            } else if (!scrapes.tryAcquire()) {
                exchange.sendResponseHeaders(503, -1);
            } else {
                try {
                    byte[] body = metrics.scrape().getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", TEXT);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                } finally {
                    scrapes.release();
                }
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
