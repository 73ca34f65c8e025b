package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests: HTTP/2 where the server speaks it, through the proxy that the environment names,
 * with a deadline on connecting, on the answer, on every read of it and on every step of what is
 * sent, and redirects that leave secrets behind when they lead to another host.
 */
final class Transport {
    private static final int MAX_REDIRECTS = 6;

    /** How many times longer a server may think about what it was sent whole. */
    private static final int COMMIT_PATIENCE = 5;

    private final HttpClients clients;
    private final Proxies proxies;
    private final Duration readTimeout;

    Transport(Duration connectTimeout, Duration readTimeout, Proxies proxies) {
        this.clients = new HttpClients(connectTimeout);
        this.readTimeout = readTimeout;
        this.proxies = proxies;
    }

    /**
     * Sends and follows redirects. Any status is an answer; UNAVAILABLE and DEADLINE_EXCEEDED say
     * why there was none.
     */
    Response send(RegistryHost.Dial dial, Request request) {
        URI uri = request.uri();
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            boolean same = sameOrigin(uri, request.uri());
            HttpResponse<InputStream> answer = exchange(dial, request, uri, same);
            String location = answer.headers().firstValue("location").orElse("");
            if (!isRedirect(request, answer.statusCode()) || location.isEmpty()) {
                return new Response(
                        answer.statusCode(),
                        answer.headers(),
                        answer.body(),
                        uri,
                        !same,
                        "anonymous");
            }
            close(answer.body());
            uri = target(request, uri, location);
        }
        throw new Failure(
                Failure.Code.UNAVAILABLE,
                "%s leads through more than %d redirects".formatted(request.what(), MAX_REDIRECTS));
    }

    private HttpResponse<InputStream> exchange(
            RegistryHost.Dial dial, Request request, URI uri, boolean same) {
        Optional<Proxies.Proxy> proxy = proxies.of(uri);
        HttpClient client = clients.client(dial, uri, proxy);
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri);
        if ("http".equals(uri.getScheme())) {
            // No attempt to upgrade in the clear: some proxies answer it with an error.
            builder.version(HttpClient.Version.HTTP_1_1);
        }
        builder.header("User-Agent", "gantry");
        proxy.map(Proxies.Proxy::authorization)
                .filter(value -> !value.isEmpty())
                .ifPresent(value -> builder.header("Proxy-Authorization", value));
        headers(builder, request.headers());
        if (same) {
            headers(builder, request.own());
        }
        String what =
                request.method()
                        + " "
                        + withoutQuery(uri)
                        + proxy.map(p -> " through the proxy " + p).orElse("");
        try {
            return switch (request.body()) {
                case Request.Body.None _ ->
                        send(client, builder, request, HttpRequest.BodyPublishers.noBody());
                case Request.Body.Form form -> {
                    builder.header("Content-Type", "application/x-www-form-urlencoded");
                    yield send(
                            client,
                            builder,
                            request,
                            HttpRequest.BodyPublishers.ofString(form.encoded()));
                }
                case Request.Body.Content content -> upload(client, builder, request, content);
            };
        } catch (IOException e) {
            throw NetworkErrors.of(what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, what + " was interrupted", e);
        }
    }

    private static void headers(HttpRequest.Builder builder, Map<String, List<String>> headers) {
        headers.forEach((name, all) -> all.forEach(value -> builder.header(name, value)));
    }

    private HttpResponse<InputStream> send(
            HttpClient client,
            HttpRequest.Builder builder,
            Request request,
            HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest built = builder.method(request.method(), body).timeout(readTimeout).build();
        return client.send(built, _ -> new DeadlineBody(readTimeout));
    }

    /** The client's own timeout counts the time of sending; this one counts standstills. */
    private HttpResponse<InputStream> upload(
            HttpClient client,
            HttpRequest.Builder builder,
            Request request,
            Request.Body.Content content)
            throws IOException, InterruptedException {
        Duration patience =
                content.commits() ? readTimeout.multipliedBy(COMMIT_PATIENCE) : readTimeout;
        try (UploadBody body = new UploadBody(content)) {
            HttpRequest built = builder.method(request.method(), body.publisher()).build();
            CompletableFuture<HttpResponse<InputStream>> answer =
                    client.sendAsync(built, _ -> new DeadlineBody(readTimeout));
            try {
                return await(answer, body, patience);
            } catch (IOException e) {
                if (body.broken().isPresent()) {
                    throw new Failure(
                            Failure.Code.INTERNAL,
                            "%s: what is sent cannot be read: %s"
                                    .formatted(request.what(), body.broken().get().getMessage()),
                            e);
                }
                throw e;
            } finally {
                answer.cancel(true);
            }
        }
    }

    private static HttpResponse<InputStream> await(
            CompletableFuture<HttpResponse<InputStream>> answer, UploadBody body, Duration patience)
            throws IOException, InterruptedException {
        while (true) {
            long left = patience.toNanos() - (System.nanoTime() - body.moved());
            if (left <= 0) {
                throw new java.net.http.HttpTimeoutException("request timed out");
            }
            try {
                return answer.get(left, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                // Unless it has moved meanwhile, the time is up.
            } catch (CancellationException e) {
                throw new IOException("the request was given up", e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io
                        ? io
                        : new IOException(String.valueOf(e.getCause()), e);
            }
        }
    }

    private static URI target(Request request, URI from, String location) {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Failure.Code.UNAVAILABLE, request.what() + " redirects to what is no URL", e);
        }
        boolean http = "http".equals(to.getScheme());
        if (to.getHost() == null || (!http && !"https".equals(to.getScheme()))) {
            throw new Failure(
                    Failure.Code.UNAVAILABLE,
                    "%s redirects to %s, which is no web address"
                            .formatted(request.what(), withoutQuery(to)));
        }
        if (http && "https".equals(from.getScheme())) {
            throw new Failure(
                    Failure.Code.UNAVAILABLE,
                    "%s redirects from HTTPS to plain HTTP (%s), which is refused"
                            .formatted(request.what(), withoutQuery(to)));
        }
        if (request.body() instanceof Request.Body.Form) {
            throw new Failure(
                    Failure.Code.UNAVAILABLE, request.what() + " redirects, which is refused");
        }
        return to;
    }

    /** Of requests that change something only those whose method and body are kept are followed. */
    private static boolean isRedirect(Request request, int status) {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        return switch (status) {
            case 307, 308 -> true;
            case 301, 302, 303 -> reads || request.body() instanceof Request.Body.Form;
            default -> false;
        };
    }

    static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme())
                && a.getHost().equalsIgnoreCase(b.getHost())
                && port(a) == port(b);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /** Without query, fragment and user, which may be secrets. */
    static String withoutQuery(URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            // A redirect's body is of no interest.
        }
    }
}
