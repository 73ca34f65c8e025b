package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * Sends requests: HTTP/2 where the server speaks it, a deadline on connecting, on the answer and on
 * every read of it, and redirects that leave secrets behind when they lead to another host.
 */
final class Transport {
    private static final int MAX_REDIRECTS = 6;

    /**
     * A client's TLS settings, and when its authorities' files were last written. One for plain
     * HTTP loads no authorities.
     */
    private record ClientKey(boolean plain, RegistryHost.Trust trust, List<FileTime> written) {}

    private final Map<ClientKey, HttpClient> clients = new ConcurrentHashMap<>();
    private final Duration connectTimeout;
    private final Duration readTimeout;

    Transport(Duration connectTimeout, Duration readTimeout) {
        this.connectTimeout = connectTimeout;
        this.readTimeout = readTimeout;
    }

    /** What is sent: GET, HEAD, or POST with a form's body; headers go only to the first host. */
    record Request(
            String method,
            URI uri,
            Map<String, List<String>> headers,
            String form,
            Optional<String> range) {
        Request(String method, URI uri, Map<String, List<String>> headers, String form) {
            this(method, uri, headers, form, Optional.empty());
        }

        static Request of(String method, URI uri, Map<String, List<String>> headers) {
            return new Request(method, uri, headers, "");
        }

        /** For a part of what is there; this header follows redirects. */
        Request withRange(String value) {
            return new Request(method, uri, headers, form, Optional.of(value));
        }

        /** Method and URI without its query, which may be signed. */
        String what() {
            return method + " " + withoutQuery(uri);
        }
    }

    /**
     * Sends and follows redirects. Any status is an answer; UNAVAILABLE and DEADLINE_EXCEEDED say
     * why there was none. {@code accept} alone goes to hosts that the first one leads to.
     */
    Response send(RegistryHost.Trust trust, Request request, List<String> accept) {
        URI uri = request.uri();
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            boolean same = sameOrigin(uri, request.uri());
            HttpResponse<InputStream> answer =
                    exchange(client(trust, uri), request, uri, same, accept);
            String location = answer.headers().firstValue("location").orElse("");
            if (!isRedirect(answer.statusCode()) || location.isEmpty()) {
                return new Response(
                        answer.statusCode(), answer.headers(), answer.body(), uri, !same);
            }
            close(answer.body());
            uri = target(request, uri, location);
        }
        throw new Failure(
                Failure.Code.UNAVAILABLE,
                "%s leads through more than %d redirects".formatted(request.what(), MAX_REDIRECTS));
    }

    private HttpResponse<InputStream> exchange(
            HttpClient client, Request request, URI uri, boolean same, List<String> accept) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(readTimeout);
        if ("http".equals(uri.getScheme())) {
            // No attempt to upgrade in the clear: some proxies answer it with an error.
            builder.version(HttpClient.Version.HTTP_1_1);
        }
        builder.header("User-Agent", "gantry");
        accept.forEach(type -> builder.header("Accept", type));
        request.range().ifPresent(value -> builder.header("Range", value));
        if (same) {
            request.headers().forEach((name, all) -> all.forEach(v -> builder.header(name, v)));
        }
        if (request.form().isEmpty()) {
            builder.method(request.method(), HttpRequest.BodyPublishers.noBody());
        } else {
            builder.header("Content-Type", "application/x-www-form-urlencoded");
            builder.method(request.method(), HttpRequest.BodyPublishers.ofString(request.form()));
        }
        try {
            return client.send(builder.build(), _ -> new DeadlineBody(readTimeout));
        } catch (IOException e) {
            throw NetworkErrors.of(request.method() + " " + withoutQuery(uri), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, request.what() + " was interrupted", e);
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
        if (!request.form().isEmpty()) {
            throw new Failure(
                    Failure.Code.UNAVAILABLE, request.what() + " redirects, which is refused");
        }
        return to;
    }

    private HttpClient client(RegistryHost.Trust trust, URI uri) {
        if ("http".equals(uri.getScheme())) {
            return clients.computeIfAbsent(
                    new ClientKey(true, RegistryHost.Trust.SYSTEM, List.of()), this::newClient);
        }
        List<FileTime> written = new ArrayList<>();
        try {
            for (Path file : trust.authorities()) {
                written.add(Files.getLastModifiedTime(file));
            }
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "cannot read the certificate authority " + e.getMessage(),
                    new UncheckedIOException(e));
        }
        return clients.computeIfAbsent(new ClientKey(false, trust, written), this::newClient);
    }

    private HttpClient newClient(ClientKey key) {
        return HttpClient.newBuilder()
                .connectTimeout(connectTimeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .sslContext(key.plain() ? TlsTrust.none() : TlsTrust.context(key.trust()))
                .executor(
                        Executors.newThreadPerTaskExecutor(
                                Thread.ofVirtual().name("registry-http-", 0).factory()))
                .build();
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
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
