package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/**
 * Sends requests by HTTP/1.1, through the proxy that the environment names, with a deadline on
 * connecting, on the answer, on every read of it and on every step of what is sent, and redirects
 * that leave secrets behind when they lead to another host. An interruption ends a request and
 * whatever reads its answer.
 */
final class Transport {
    static final String USER_AGENT = "gantry";

    private static final int MAX_REDIRECTS = 6;

    /** How many times longer a server may think about what it was sent whole. */
    private static final int COMMIT_PATIENCE = 5;

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\t]]");

    private final TlsContexts tls = new TlsContexts();
    private final Exchange exchange;
    private final Proxies proxies;
    private final Duration connectTimeout;
    private final Duration readTimeout;

    Transport(Duration connectTimeout, Duration readTimeout, Proxies proxies) {
        this.exchange = new Exchange(readTimeout);
        this.connectTimeout = connectTimeout;
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
            Exchange.Answer answer = exchange(dial, request, uri, same);
            Response response =
                    new Response(
                            answer.status(),
                            answer.headers(),
                            answer.body(),
                            uri,
                            !same,
                            "anonymous");
            String location = response.header("location");
            if (!isRedirect(request, answer.status()) || location.isEmpty()) {
                return response;
            }
            response.close();
            uri = target(request, uri, location);
        }
        throw new Failure(
                Failure.Code.UNAVAILABLE,
                "%s leads through more than %d redirects".formatted(request.what(), MAX_REDIRECTS));
    }

    private Exchange.Answer exchange(
            RegistryHost.Dial dial, Request request, URI uri, boolean same) {
        Optional<SSLContext> context =
                "http".equals(uri.getScheme()) ? Optional.empty() : Optional.of(tls.context(dial));
        Route route = Route.to(uri, context, proxies.of(uri));
        BasicClassicHttpRequest message = head(route, request, uri, same);
        String what =
                request.method()
                        + " "
                        + withoutQuery(uri)
                        + route.proxy().map(p -> " through the proxy " + p).orElse("");
        try {
            return exchange.send(
                    route,
                    dial.timeout().orElse(connectTimeout),
                    message,
                    request.body(),
                    patience(request.body()));
        } catch (UploadBody.Unreadable e) {
            throw new Failure(
                    Failure.Code.INTERNAL,
                    "%s: what is sent cannot be read: %s".formatted(request.what(), e.getMessage()),
                    e);
        } catch (ProxyRefused e) {
            throw new Failure(
                    RegistryErrors.code(e.status()),
                    what + ": " + e.getMessage(),
                    RegistryAnswer.of(e.status(), "", Instant.now()).asCause());
        } catch (IOException e) {
            throw NetworkErrors.of(what, e);
        }
    }

    private Duration patience(Request.Body body) {
        return body instanceof Request.Body.Content content && content.commits()
                ? readTimeout.multipliedBy(COMMIT_PATIENCE)
                : readTimeout;
    }

    private static BasicClassicHttpRequest head(
            Route route, Request request, URI uri, boolean same) {
        URI ascii = URI.create(uri.toASCIIString());
        String path = ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
        String query = ascii.getRawQuery() == null ? "" : "?" + ascii.getRawQuery();
        String host = uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
        String origin = route.forwarded() ? "http://" + host : "";
        var message =
                new BasicClassicHttpRequest(
                        request.method(), (HttpHost) null, origin + path + query);
        message.setHeader("Host", host);
        message.setHeader("User-Agent", USER_AGENT);
        if (route.forwarded()) {
            route.proxy()
                    .map(Proxies.Proxy::authorization)
                    .filter(value -> !value.isEmpty())
                    .ifPresent(value -> message.setHeader("Proxy-Authorization", value));
        }
        add(message, request.headers());
        if (same) {
            add(message, request.own());
        }
        return message;
    }

    /** A value with a line break in it would be two headers. */
    private static void add(BasicClassicHttpRequest message, Map<String, List<String>> headers) {
        headers.forEach(
                (name, all) -> {
                    for (String value : all) {
                        if (CONTROL.matcher(value).find()) {
                            throw Failure.precondition(
                                    "the value of the header %s has control characters"
                                            .formatted(name));
                        }
                        message.addHeader(name, value);
                    }
                });
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

    /** The port, or the scheme's own. */
    static int port(URI uri) {
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
}
