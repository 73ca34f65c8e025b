package dev.gantry.imagestore.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Fetches bearer tokens from the token server that a registry's challenge names (Distribution
 * project, "Token Authentication" and "OAuth 2"): with GET, or with POST when the credentials are a
 * refresh token.
 */
final class TokenSource {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int MAX_BYTES = 256 << 10;
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");
    private static final Duration DEFAULT_LIFE = Duration.ofSeconds(60);
    private static final Duration MAX_LIFE = Duration.ofDays(1);

    private final Transport transport;

    TokenSource(Transport transport) {
        this.transport = transport;
    }

    /** An {@code Authorization} header and when it is of no use any more. */
    record Token(String header, Instant expires) {
        @Override
        public String toString() {
            return "Token[expires=" + expires + "]";
        }
    }

    static String basic(RegistryCredentials credentials) {
        String pair = credentials.username() + ":" + credentials.password();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    Token fetch(
            RegistryHost host,
            Challenge challenge,
            String scope,
            Optional<RegistryCredentials> credentials) {
        URI realm = realm(host, challenge);
        String query = query(challenge, scope);
        boolean refresh = credentials.filter(c -> !c.identityToken().isEmpty()).isPresent();
        Transport.Request request =
                refresh
                        ? new Transport.Request(
                                "POST",
                                realm,
                                Map.of(),
                                query
                                        + "&grant_type=refresh_token&client_id=gantry&refresh_token="
                                        + encode(credentials.orElseThrow().identityToken()))
                        : Transport.Request.of("GET", append(realm, query), headers(credentials));
        Instant asked = Instant.now();
        try (Response response = transport.send(host.trust(), request, List.of())) {
            if (!response.ok()) {
                throw RegistryErrors.of(
                        "token server: " + request.what(), response, credentials.isPresent());
            }
            return token(request, response.bytes(MAX_BYTES), asked);
        } catch (IOException e) {
            throw NetworkErrors.of(request.what(), e);
        }
    }

    private static Map<String, List<String>> headers(Optional<RegistryCredentials> credentials) {
        return credentials
                .filter(RegistryCredentials::hasPassword)
                .map(c -> Map.of("Authorization", List.of(basic(c))))
                .orElse(Map.of());
    }

    /** Secrets are sent there, so only over HTTPS, unless the registry itself is in the clear. */
    private static URI realm(RegistryHost host, Challenge challenge) {
        URI realm;
        try {
            realm = new URI(challenge.get("realm"));
        } catch (URISyntaxException e) {
            throw bad(host, "which is no URL");
        }
        boolean http = "http".equals(realm.getScheme());
        if (realm.getHost() == null || (!http && !"https".equals(realm.getScheme()))) {
            throw bad(host, "which is no web address");
        }
        if (http && !host.plainHttp() && !HostDirectory.isLoopback(realm.getHost())) {
            throw bad(host, Transport.withoutQuery(realm) + ", which is plain HTTP and refused");
        }
        return realm;
    }

    private static Failure bad(RegistryHost host, String why) {
        return new Failure(
                Failure.Code.UNAVAILABLE,
                "registry %s wants a token from a server, %s".formatted(host.name(), why));
    }

    private static String query(Challenge challenge, String scope) {
        String service = challenge.get("service");
        return (service.isEmpty() ? "" : "service=" + encode(service) + "&")
                + "scope="
                + encode(scope);
    }

    private static URI append(URI realm, String query) {
        String text = realm.toString();
        return URI.create(text + (realm.getRawQuery() == null ? "?" : "&") + query);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Token token(Transport.Request request, byte[] body, Instant asked)
            throws IOException {
        if (body.length > MAX_BYTES) {
            throw unusable(request);
        }
        JsonNode root;
        try {
            root = MAPPER.readTree(body);
        } catch (IOException e) {
            throw unusable(request);
        }
        String text = root.path("token").asText();
        if (text.isEmpty()) {
            text = root.path("access_token").asText();
        }
        // A header with a line break in it would be refused with the secret in the message.
        if (!TOKEN.matcher(text).matches()) {
            throw unusable(request);
        }
        long seconds = root.path("expires_in").asLong(0);
        Duration life = seconds <= 0 ? DEFAULT_LIFE : Duration.ofSeconds(seconds);
        return new Token(
                "Bearer " + text, asked.plus(life.compareTo(MAX_LIFE) > 0 ? MAX_LIFE : life));
    }

    private static Failure unusable(Transport.Request request) {
        return new Failure(
                Failure.Code.UNAVAILABLE,
                "token server: " + request.what() + " answered without a usable token");
    }
}
