package dev.gantry.imagestore.testing;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a registry a bad one, as a {@link FakeRegistry.Rule}: it wants a token that it forgets now
 * and then, and one request in so many goes wrong in one of the ways that are known from the field.
 */
public final class Faults implements FakeRegistry.Rule {
    /** What goes wrong. */
    public enum Kind {
        DROPPED,
        TRUNCATED,
        STALLED,
        SHORTER_THAN_ANNOUNCED,
        OTHER_LENGTH,
        OTHER_CONTENT,
        RATE_LIMITED,
        RATE_LIMITED_FOR_LONG,
        SERVER_ERROR,
        REDIRECTED,
        TOKEN_FORGOTTEN,
        RANGE_IGNORED,
        WRONG_RANGE,
        NOT_FOUND,
        FORBIDDEN
    }

    private static final List<Kind> KINDS = List.of(Kind.values());
    private static final byte[] NOTHING = new byte[0];

    private final FakeRegistry registry;
    private final FakeRegistry other;
    private final long seed;
    private final int oneIn;
    private final long stallMillis;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicInteger token = new AtomicInteger(1);
    private final Map<Kind, AtomicInteger> counts = new EnumMap<>(Kind.class);
    private final Map<String, Integer> bursts = new ConcurrentHashMap<>();

    /**
     * @param other serves the same, to be redirected to
     * @param oneIn so many requests goes wrong
     */
    public Faults(
            FakeRegistry registry, FakeRegistry other, long seed, int oneIn, long stallMillis) {
        this.registry = registry;
        this.other = other;
        this.seed = seed;
        this.oneIn = oneIn;
        this.stallMillis = stallMillis;
        for (Kind kind : Kind.values()) {
            counts.put(kind, new AtomicInteger());
        }
    }

    /** How often each kind happened. */
    public Map<Kind, AtomicInteger> counts() {
        return counts;
    }

    @Override
    public boolean handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/token")) {
            String json = "{\"token\":\"t%d\",\"expires_in\":3600}".formatted(token.get());
            FakeRegistry.answer(exchange, 200, "application/json", bytes(json));
            return true;
        }
        Random random = new Random(seed * 31 + requests.incrementAndGet());
        if (bursts.computeIfPresent(path, (_, left) -> left > 1 ? left - 1 : null) != null) {
            FakeRegistry.answer(exchange, 503, "text/plain", NOTHING);
            return true;
        }
        if (random.nextInt(oneIn) == 0) {
            Kind kind = KINDS.get(random.nextInt(KINDS.size()));
            boolean rare = kind == Kind.NOT_FOUND || kind == Kind.FORBIDDEN;
            if (!rare || random.nextBoolean()) {
                counts.getOrDefault(kind, new AtomicInteger()).incrementAndGet();
                if (misbehave(kind, exchange, random)) {
                    return true;
                }
            }
        }
        return unauthorized(exchange);
    }

    private boolean unauthorized(HttpExchange exchange) throws IOException {
        String shown = exchange.getRequestHeaders().getFirst("Authorization");
        if (("Bearer t" + token.get()).equals(shown)) {
            return false;
        }
        exchange.getResponseHeaders()
                .set(
                        "WWW-Authenticate",
                        "Bearer realm=\"http://%s/token\",service=\"faulty\""
                                .formatted(registry.authority()));
        FakeRegistry.answer(exchange, 401, "application/json", NOTHING);
        return true;
    }

    private boolean misbehave(Kind kind, HttpExchange exchange, Random random) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Optional<byte[]> content = registry.content(path);
        byte[] body = content.orElse(NOTHING);
        if (content.isEmpty() || body.length < 8) {
            return false;
        }
        boolean get = exchange.getRequestMethod().equals("GET");
        switch (kind) {
            case DROPPED -> exchange.close();
            case TRUNCATED -> send(exchange, body.length, body, random.nextInt(body.length));
            case STALLED -> {
                send(exchange, body.length, body, get ? random.nextInt(body.length) : 0);
                sleep();
            }
            case SHORTER_THAN_ANNOUNCED -> send(exchange, body.length, body, body.length - 1);
            case OTHER_LENGTH ->
                    FakeRegistry.answer(
                            exchange, 200, "text/plain", Arrays.copyOf(body, body.length - 1));
            case OTHER_CONTENT -> {
                body[random.nextInt(body.length)] ^= 4;
                FakeRegistry.answer(exchange, 200, "application/octet-stream", body);
            }
            case RATE_LIMITED -> refuse(exchange, 429, "0");
            case RATE_LIMITED_FOR_LONG -> refuse(exchange, 429, "7200");
            case SERVER_ERROR -> {
                bursts.put(path, 1 + random.nextInt(3));
                refuse(exchange, 500 + random.nextInt(5), "");
            }
            case REDIRECTED -> {
                String to = "http://" + other.authority() + exchange.getRequestURI();
                exchange.getResponseHeaders().set("Location", to);
                exchange.sendResponseHeaders(307, -1);
            }
            case TOKEN_FORGOTTEN -> {
                token.incrementAndGet();
                return false;
            }
            case RANGE_IGNORED ->
                    FakeRegistry.answer(exchange, 200, "application/octet-stream", body);
            case WRONG_RANGE -> {
                exchange.getResponseHeaders().set("Content-Range", "bytes 1-7/9");
                FakeRegistry.answer(
                        exchange, 206, "application/octet-stream", Arrays.copyOfRange(body, 1, 8));
            }
            case NOT_FOUND -> refuse(exchange, 404, "");
            case FORBIDDEN -> refuse(exchange, 403, "");
        }
        return true;
    }

    private static void refuse(HttpExchange exchange, int status, String retryAfter)
            throws IOException {
        if (!retryAfter.isEmpty()) {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
        }
        FakeRegistry.answer(exchange, status, "application/json", bytes("{\"errors\":[]}"));
    }

    /** Announces all and sends a part. */
    private static void send(HttpExchange exchange, int announced, byte[] body, int sent)
            throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            return; // The exchange is closed without an answer.
        }
        exchange.sendResponseHeaders(200, announced);
        exchange.getResponseBody().write(body, 0, sent);
        exchange.getResponseBody().flush();
    }

    private void sleep() {
        try {
            Thread.sleep(stallMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
