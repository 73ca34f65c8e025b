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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Fetches bearer tokens from the token server that a registry's challenge names (Distribution
 * project, "Token Authentication" and "OAuth 2"): with GET, or with POST when the credentials are a
 * refresh token or the server knows nothing else.
 */
final class TokenSource {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int MAX_BYTES = 256 << 10;
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");
    private static final Duration DEFAULT_LIFE = Duration.ofSeconds(60);
    private static final Duration MAX_LIFE = Duration.ofDays(1);

    private static final int MAX_RENEWED = 256;

    /** What a server that knows OAuth 2's form alone says to GET. */
    private static final Set<Integer> POST_ONLY = Set.of(404, 405);

    /** A refresh token as it was given, and where. */
    private record RefreshKey(URI realm, String service, String given) {
        @Override
        public String toString() {
            return "RefreshKey[" + Transport.withoutQuery(realm) + "]";
        }
    }

    /** A token, and the refresh token that came with it; nothing from a server that wants POST. */
    private record Answer(Optional<Token> found, Optional<String> refresh) {
        static final Answer NONE = new Answer(Optional.empty(), Optional.empty());

        boolean usable() {
            return found.isPresent();
        }

        Token token() {
            return found.orElseThrow();
        }

        @Override
        public String toString() {
            return "Answer";
        }
    }

    private final Transport transport;
    private final Map<RefreshKey, String> renewed = new ConcurrentHashMap<>();

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

    /**
     * Asks for a token for all the scopes.
     *
     * @throws Failure UNAUTHENTICATED or PERMISSION_DENIED when the server does not know or like
     *     the credentials
     */
    Token fetch(RegistryHost host, Challenge challenge, List<String> scopes, Identity identity) {
        Optional<RegistryCredentials> credentials = identity.credentials();
        URI realm = realm(host, challenge);
        String service = challenge.get("service");
        Optional<String> given =
                credentials.map(RegistryCredentials::identityToken).filter(t -> !t.isEmpty());
        if (given.isPresent()) {
            var key = new RefreshKey(realm, service, given.get());
            String refresh = "&refresh_token=" + encode(renewed.getOrDefault(key, given.get()));
            Request request = post(realm, service, scopes, "refresh_token", refresh);
            Answer answer = answer(host, request, identity, Set.of());
            answer.refresh().ifPresent(token -> renew(key, token));
            return answer.token();
        }
        Optional<RegistryCredentials> user = credentials.filter(RegistryCredentials::hasPassword);
        Request get = get(realm, service, scopes).withOwn(headers(user));
        Answer answer = answer(host, get, identity, user.isPresent() ? POST_ONLY : Set.of());
        if (answer.usable()) {
            return answer.token();
        }
        String secrets =
                "&username=%s&password=%s"
                        .formatted(
                                encode(user.orElseThrow().username()),
                                encode(user.orElseThrow().password()));
        Request post = post(realm, service, scopes, "password", secrets);
        return answer(host, post, identity, Set.of()).token();
    }

    /** The server may exchange a refresh token at each use; the next one counts then. */
    private void renew(RefreshKey key, String token) {
        if (renewed.size() >= MAX_RENEWED) {
            renewed.clear();
        }
        renewed.put(key, token);
    }

    private Answer answer(
            RegistryHost host, Request request, Identity identity, Set<Integer> unusable) {
        Instant asked = Instant.now();
        try (Response response = transport.send(host.dial(), request)) {
            if (unusable.contains(response.status())) {
                return Answer.NONE;
            }
            if (!response.ok()) {
                throw RegistryErrors.of(
                        "token server: " + request.what(), response, identity.phrase());
            }
            return parse(request, response.bytes(MAX_BYTES), asked);
        } catch (IOException e) {
            throw NetworkErrors.of(request.what(), e);
        }
    }

    private static Map<String, List<String>> headers(Optional<RegistryCredentials> user) {
        return user.map(c -> Map.of("Authorization", List.of(basic(c)))).orElse(Map.of());
    }

    private static Request get(URI realm, String service, List<String> scopes) {
        String query =
                (service.isEmpty() ? "" : "service=" + encode(service) + "&")
                        + scopes.stream()
                                .map(scope -> "scope=" + encode(scope))
                                .collect(Collectors.joining("&"));
        String text = realm.toString();
        return Request.of(
                "GET", URI.create(text + (realm.getRawQuery() == null ? "?" : "&") + query));
    }

    private static Request post(
            URI realm, String service, List<String> scopes, String grant, String secrets) {
        String form =
                "grant_type=%s&client_id=gantry&service=%s&scope=%s"
                        .formatted(grant, encode(service), encode(String.join(" ", scopes)));
        return Request.of("POST", realm).withBody(new Request.Body.Form(form + secrets));
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

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Answer parse(Request request, byte[] body, Instant asked) {
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
        Instant expires = asked.plus(life.compareTo(MAX_LIFE) > 0 ? MAX_LIFE : life);
        String refresh = root.path("refresh_token").asText();
        return new Answer(
                Optional.of(new Token("Bearer " + text, expires)),
                Optional.of(refresh).filter(token -> TOKEN.matcher(token).matches()));
    }

    private static Failure unusable(Request request) {
        return new Failure(
                Failure.Code.UNAVAILABLE,
                "token server: " + request.what() + " answered without a usable token");
    }
}
