package dev.gantry.imagestore.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.gantry.model.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * A registry on loopback that does what a real one does not do on demand: it serves images from
 * memory, and a {@link Rule} may answer any request in its place. Every request is remembered.
 */
public final class FakeRegistry implements AutoCloseable {
    /** What a request was; header names are as HttpServer gives them. */
    public record Seen(String method, String path, String query, Optional<String> authorization) {}

    /** What was sent of the content under a path, or was about to be when the client went away. */
    public record Sent(String path, long from, long bytes) {}

    /** Answers a request itself and returns true, or leaves it. */
    public interface Rule {
        boolean handle(HttpExchange exchange) throws IOException;
    }

    /** Content and what it is called. */
    private static final class Entry {
        private final String mediaType;
        private final byte[] body;

        Entry(String mediaType, byte[] body) {
            this.mediaType = mediaType;
            this.body = body;
        }
    }

    private static final long PATIENCE_SECONDS = 60;

    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,9})-([0-9]{0,9})");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<Sent> sent = new CopyOnWriteArrayList<>();

    /** One on plain HTTP. */
    public FakeRegistry() {
        this(Optional.empty());
    }

    /** One on HTTPS. */
    public FakeRegistry(SSLContext tls) {
        this(Optional.of(new HttpsConfigurator(tls)));
    }

    /** One on HTTPS that lets only clients in whom the context trusts. */
    public static FakeRegistry forClients(SSLContext tls) {
        return new FakeRegistry(
                Optional.of(
                        new HttpsConfigurator(tls) {
                            @Override
                            public void configure(HttpsParameters parameters) {
                                SSLParameters settings = tls.getDefaultSSLParameters();
                                settings.setNeedClientAuth(true);
                                parameters.setSSLParameters(settings);
                            }
                        }));
    }

    private FakeRegistry(Optional<HttpsConfigurator> tls) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (tls.isPresent()) {
                HttpsServer secure = HttpsServer.create(address, 0);
                secure.setHttpsConfigurator(tls.get());
                server = secure;
            } else {
                server = HttpServer.create(address, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Host and port. */
    public String authority() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** Serves an image under a tag and its digest. */
    public FakeRegistry serve(String repository, String tag, TestImage image) {
        Entry manifest = new Entry(image.mediaType(), image.manifest());
        String base = "/v2/" + repository;
        entries.put(base + "/manifests/" + tag, manifest);
        entries.put(base + "/manifests/" + image.manifestDigest(), manifest);
        image.blobs().forEach((digest, body) -> serveBlob(repository, digest, body));
        return this;
    }

    /** Serves any document under any name. */
    public FakeRegistry serveManifest(
            String repository, String name, String mediaType, byte[] body) {
        entries.put("/v2/" + repository + "/manifests/" + name, new Entry(mediaType, body));
        return this;
    }

    /** Serves bytes as a blob, whether they have the digest or not. */
    public FakeRegistry serveBlob(String repository, Digest digest, byte[] body) {
        entries.put(
                "/v2/" + repository + "/blobs/" + digest,
                new Entry("application/octet-stream", body));
        return this;
    }

    /** What is served under a path; empty when nothing is. */
    public Optional<byte[]> content(String path) {
        return Optional.ofNullable(entries.get(path)).map(entry -> entry.body.clone());
    }

    /** Adds a rule; the first that handles a request wins. */
    public FakeRegistry rule(Rule rule) {
        rules.add(rule);
        return this;
    }

    /** The requests so far, in order. */
    public List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** The answers to GET so far that had content, in order. */
    public List<Sent> sent() {
        return List.copyOf(sent);
    }

    /** How many requests had this method and a path with this end. */
    public long count(String method, String pathEnd) {
        return seen.stream()
                .filter(s -> s.method().equals(method) && s.path().endsWith(pathEnd))
                .count();
    }

    /** Sends an answer whole. */
    public static void answer(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
        }
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head && body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var uri = exchange.getRequestURI();
            seen.add(
                    new Seen(
                            exchange.getRequestMethod(),
                            uri.getPath(),
                            uri.getQuery() == null ? "" : uri.getQuery(),
                            Optional.ofNullable(
                                    exchange.getRequestHeaders().getFirst("Authorization"))));
            for (Rule rule : rules) {
                if (rule.handle(exchange)) {
                    return;
                }
            }
            Entry entry = entries.get(uri.getPath());
            if (entry == null) {
                answer(
                        exchange,
                        404,
                        "application/json",
                        "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"no such thing\"}]}"
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
                return;
            }
            exchange.getResponseHeaders()
                    .set("Docker-Content-Digest", TestImage.digest(entry.body).toString());
            if (!answerRange(exchange, entry)) {
                sends(exchange, 0, entry.body.length);
                answer(exchange, 200, entry.mediaType, entry.body);
            }
        }
    }

    /** Answers one range, as RFC 9110 says; any other Range header is ignored, as it may be. */
    private boolean answerRange(HttpExchange exchange, Entry entry) throws IOException {
        String asked = exchange.getRequestHeaders().getFirst("Range");
        Matcher range = RANGE.matcher(asked == null ? "" : asked);
        if (!range.matches() || Long.parseLong(range.group(1)) >= entry.body.length) {
            return false;
        }
        int from = Integer.parseInt(range.group(1));
        int last =
                range.group(2).isEmpty()
                        ? entry.body.length - 1
                        : (int) Math.min(Long.parseLong(range.group(2)), entry.body.length - 1);
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes %d-%d/%d".formatted(from, last, entry.body.length));
        sends(exchange, from, last + 1L - from);
        answer(exchange, 206, entry.mediaType, Arrays.copyOfRange(entry.body, from, last + 1));
        return true;
    }

    private void sends(HttpExchange exchange, long from, long bytes) {
        if (exchange.getRequestMethod().equals("GET")) {
            sent.add(new Sent(exchange.getRequestURI().getPath(), from, bytes));
        }
    }

    /**
     * Who still waits in a rule, or for a client, is interrupted: a test that failed half way must
     * end with its own failure.
     */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a request to the fake registry does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
