package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which proxy a request goes through, by {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code
 * NO_PROXY} (or the same in lower case), read as Go's programs read them. Requests to this machine
 * never go through one.
 */
final class Proxies {
    static final Proxies NONE = new Proxies(Map.of());

    /** A proxy on plain HTTP; {@code authorization} is its header's value, or empty text. */
    record Proxy(String host, int port, String authorization) {
        InetSocketAddress address() {
            return new InetSocketAddress(host, port);
        }

        /** Without its credentials. */
        @Override
        public String toString() {
            return "http://" + host + ":" + port;
        }
    }

    private final Map<String, String> environment;
    private final List<ProxyException> exceptions;

    /**
     * @param environment the process' environment
     */
    Proxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        this.exceptions = ProxyException.parse(variable("NO_PROXY"));
    }

    /**
     * The proxy for a URI; empty for a direct connection.
     *
     * @throws Failure FAILED_PRECONDITION when the variable names a proxy that cannot be used
     */
    Optional<Proxy> of(URI uri) {
        boolean tls = "https".equals(uri.getScheme());
        String name = tls ? "HTTPS_PROXY" : "HTTP_PROXY";
        String value = variable(name);
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        if (value.isEmpty()
                || HostDirectory.isLoopback(host)
                || exceptions.stream().anyMatch(e -> e.covers(host, port))) {
            return Optional.empty();
        }
        return Optional.of(proxy(name, value));
    }

    private String variable(String name) {
        String upper = environment.getOrDefault(name, "").strip();
        return upper.isEmpty()
                ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "").strip()
                : upper;
    }

    private static Proxy proxy(String name, String value) {
        URI uri;
        try {
            uri = new URI(value.contains("://") ? value : "http://" + value);
        } catch (URISyntaxException e) {
            throw Failure.precondition(name + " is no URL of a proxy");
        }
        if (!"http".equalsIgnoreCase(uri.getScheme())) {
            throw Failure.precondition(
                    "%s names a proxy that is spoken to by %s; only http:// proxies are supported"
                            .formatted(name, uri.getScheme()));
        }
        if (uri.getHost() == null) {
            throw Failure.precondition(name + " names no host");
        }
        String user = uri.getRawUserInfo();
        return new Proxy(
                uri.getHost(),
                uri.getPort() < 0 ? 80 : uri.getPort(),
                user == null ? "" : basic(user));
    }

    private static String basic(String rawUser) {
        String plain = URLDecoder.decode(rawUser.replace("+", "%2B"), StandardCharsets.UTF_8);
        String pair = plain.contains(":") ? plain : plain + ":";
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
}
