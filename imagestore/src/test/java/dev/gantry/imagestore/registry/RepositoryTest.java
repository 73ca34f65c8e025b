package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry client against a registry that misbehaves on purpose. */
class RepositoryTest {
    private static final Optional<RegistryCredentials> ANYBODY = Optional.empty();
    private static final Optional<RegistryCredentials> USER =
            Optional.of(RegistryCredentials.basic("jane", "hunter2"));
    private static final String BASIC =
            "Basic "
                    + Base64.getEncoder()
                            .encodeToString("jane:hunter2".getBytes(StandardCharsets.UTF_8));

    @TempDir Path certs;
    private final FakeRegistry registry = new FakeRegistry();
    private final FakeRegistry other = new FakeRegistry();
    private final TestImage image = TestImage.oci().set("User", "7");
    private final CountDownLatch finished = new CountDownLatch(1);
    private RegistryClient client;

    @BeforeEach
    void open() {
        registry.serve("app", "1", image);
        client = new RegistryClient(certs, Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    @AfterEach
    void close() {
        finished.countDown();
        registry.close();
        other.close();
    }

    private Repository repository(String rest, Optional<RegistryCredentials> credentials) {
        return client.repository(
                ImageReference.parse(registry.authority() + "/" + rest), credentials);
    }

    private static void json(HttpExchange exchange, int status, String body) throws IOException {
        FakeRegistry.answer(
                exchange, status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    private static Failure failure(ThrowingCallable call) {
        Failure[] caught = new Failure[1];
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(Failure.class, failure -> caught[0] = failure);
        return caught[0];
    }

    private byte[] blob(Repository repository) {
        byte[] config = image.configuration();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        repository.blob(image.id(), config.length, stream -> stream.transferTo(out));
        return out.toByteArray();
    }

    @Test
    void tagAndDigestAndContent() {
        Repository repository = repository("app:1", ANYBODY);
        assertThat(repository.resolve()).isEqualTo(image.manifestDigest());
        Document manifest = repository.manifest(image.manifestDigest());
        assertThat(manifest.body()).isEqualTo(image.manifest());
        assertThat(manifest.mediaType()).isEqualTo(image.mediaType());
        assertThat(blob(repository)).isEqualTo(image.configuration());
        assertThat(registry.count("GET", "/manifests/1")).isZero();
    }

    @Test
    void aRegistryWithoutDigestHeader() {
        registry.rule(
                exchange -> {
                    exchange.getResponseHeaders().set("Docker-Content-Digest", "md5:oops");
                    if (exchange.getRequestURI().getPath().endsWith("/manifests/1")) {
                        FakeRegistry.answer(exchange, 200, image.mediaType(), image.manifest());
                        return true;
                    }
                    return false;
                });
        assertThat(repository("app:1", ANYBODY).resolve()).isEqualTo(image.manifestDigest());
    }

    /** Wants a bearer token for everything, and gives it for the right password or to anybody. */
    private void bearer(boolean anonymous) {
        registry.rule(
                exchange -> {
                    String path = exchange.getRequestURI().getPath();
                    String shown = exchange.getRequestHeaders().getFirst("Authorization");
                    if (path.equals("/token")) {
                        boolean known = anonymous ? shown == null : BASIC.equals(shown);
                        if (known) {
                            json(exchange, 200, "{\"token\":\"let-me-in\",\"expires_in\":300}");
                        } else {
                            json(exchange, 401, "{\"details\":\"incorrect username or password\"}");
                        }
                        return true;
                    }
                    if ("Bearer let-me-in".equals(shown)) {
                        return false;
                    }
                    exchange.getResponseHeaders()
                            .add(
                                    "WWW-Authenticate",
                                    "Bearer realm=\"http://%s/token\",service=\"fake\""
                                            .formatted(registry.authority()));
                    json(exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}");
                    return true;
                });
    }

    @Test
    void bearerTokenOnceForAllRequests() {
        bearer(false);
        Repository repository = repository("app:1", USER);
        repository.resolve();
        repository.manifest(image.manifestDigest());
        blob(repository);
        assertThat(repository("app:1", USER).resolve()).isEqualTo(image.manifestDigest());
        assertThat(registry.count("GET", "/token")).isEqualTo(1);
        assertThat(registry.seen())
                .filteredOn(seen -> seen.path().equals("/token"))
                .first()
                .satisfies(
                        seen ->
                                assertThat(seen.query())
                                        .isEqualTo("service=fake&scope=repository:app:pull"));
        assertThat(registry.seen())
                .filteredOn(seen -> !seen.path().equals("/token"))
                .allSatisfy(
                        seen ->
                                assertThat(seen.authorization().orElse(""))
                                        .doesNotContain("Basic"));
    }

    @Test
    void bearerTokenForAnybody() {
        bearer(true);
        assertThat(repository("app:1", ANYBODY).resolve()).isEqualTo(image.manifestDigest());
    }

    @Test
    void aTokenIsNotUsedForSomebodyElse() {
        bearer(false);
        repository("app:1", USER).resolve();
        Failure failure = failure(() -> repository("app:1", ANYBODY).resolve());
        assertThat(failure.code()).isEqualTo(Failure.Code.UNAUTHENTICATED);
    }

    @Test
    void wrongPassword() {
        bearer(false);
        Failure failure =
                failure(
                        () ->
                                repository(
                                                "app:1",
                                                Optional.of(
                                                        RegistryCredentials.basic(
                                                                "jane", "guessed")))
                                        .resolve());
        assertThat(failure.code()).isEqualTo(Failure.Code.UNAUTHENTICATED);
        assertThat(failure.message())
                .contains(registry.authority(), "401", "incorrect username or password")
                .doesNotContain("guessed");
    }

    @Test
    void identityTokenIsPosted() {
        registry.rule(
                exchange -> {
                    if (!exchange.getRequestURI().getPath().equals("/token")
                            || !exchange.getRequestMethod().equals("POST")) {
                        return false;
                    }
                    String form =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    assertThat(form)
                            .contains("grant_type=refresh_token", "refresh_token=r%2Fefresh");
                    json(exchange, 200, "{\"access_token\":\"let-me-in\"}");
                    return true;
                });
        bearer(false);
        var credentials = new RegistryCredentials("", "", "r/efresh", "", "");
        assertThat(repository("app:1", Optional.of(credentials)).resolve())
                .isEqualTo(image.manifestDigest());
    }

    @Test
    void credentialsForAnotherServerAreNotShown() {
        bearer(false);
        var credentials = new RegistryCredentials("jane", "hunter2", "", "", "https://quay.io/v1/");
        failure(() -> repository("app:1", Optional.of(credentials)).resolve());
        assertThat(registry.seen()).allSatisfy(s -> assertThat(s.authorization()).isEmpty());
    }

    @Test
    void statusesAreToldApart() {
        Map<Integer, Failure.Code> codes =
                Map.of(
                        401, Failure.Code.UNAUTHENTICATED,
                        403, Failure.Code.PERMISSION_DENIED,
                        404, Failure.Code.NOT_FOUND,
                        429, Failure.Code.RESOURCE_EXHAUSTED,
                        500, Failure.Code.UNAVAILABLE,
                        503, Failure.Code.UNAVAILABLE);
        codes.forEach(
                (status, code) -> {
                    try (FakeRegistry refusing = new FakeRegistry()) {
                        refusing.rule(
                                exchange -> {
                                    exchange.getResponseHeaders().add("Retry-After", "17");
                                    json(
                                            exchange,
                                            status,
                                            "{\"errors\":[{\"code\":\"WHY\",\"message\":\"be\\ncause\"}]}");
                                    return true;
                                });
                        ImageReference reference =
                                ImageReference.parse(refusing.authority() + "/app:1");
                        Failure failure =
                                failure(() -> client.repository(reference, ANYBODY).resolve());
                        assertThat(failure.code()).isEqualTo(code);
                        assertThat(failure.message())
                                .contains(
                                        refusing.authority(),
                                        "/v2/app/manifests/1",
                                        "answered " + status + ": WHY: be cause");
                        if (status == 429) {
                            assertThat(failure.message()).contains("retry after 17");
                        }
                    }
                });
    }

    @Test
    void nobodyListens() {
        registry.close();
        Failure failure = failure(() -> repository("app:1", ANYBODY).resolve());
        assertThat(failure.code()).isEqualTo(Failure.Code.UNAVAILABLE);
        assertThat(failure.message()).contains(registry.authority(), "refused");
    }

    @Test
    void aNameThatDoesNotResolve() {
        Failure failure =
                failure(
                        () ->
                                client.repository(
                                                ImageReference.parse("nowhere.invalid/app:1"),
                                                ANYBODY)
                                        .resolve());
        assertThat(failure.code()).isEqualTo(Failure.Code.UNAVAILABLE);
        assertThat(failure.message()).contains("nowhere.invalid", "name does not resolve");
    }

    @Test
    void aRedirectTakesNoSecretToAnotherHost() {
        byte[] config = image.configuration();
        other.rule(
                exchange -> {
                    FakeRegistry.answer(exchange, 200, "application/octet-stream", config);
                    return true;
                });
        bearer(false);
        registry.rule(
                exchange -> {
                    if (!exchange.getRequestURI().getPath().contains("/blobs/")) {
                        return false;
                    }
                    exchange.getResponseHeaders()
                            .add("Location", "http://" + other.authority() + "/x?signature=s3cret");
                    exchange.sendResponseHeaders(307, -1);
                    return true;
                });
        assertThat(blob(repository("app:1", USER))).isEqualTo(config);
        assertThat(other.seen())
                .singleElement()
                .satisfies(seen -> assertThat(seen.authorization()).isEmpty());
    }

    @Test
    void anErrorAfterARedirectDoesNotShowItsSignature() {
        registry.rule(
                exchange -> {
                    exchange.getResponseHeaders()
                            .add("Location", "http://" + other.authority() + "/x?signature=s3cret");
                    exchange.sendResponseHeaders(302, -1);
                    return true;
                });
        Failure failure = failure(() -> repository("app:1", ANYBODY).resolve());
        assertThat(failure.message()).contains(other.authority() + "/x").doesNotContain("s3cret");
    }

    @Test
    void redirectsEnd() {
        registry.rule(
                exchange -> {
                    exchange.getResponseHeaders().add("Location", "/again");
                    exchange.sendResponseHeaders(302, -1);
                    return true;
                });
        assertThat(failure(() -> repository("app:1", ANYBODY).resolve()).message())
                .contains("more than 6 redirects");
        assertThat(registry.seen().size()).isLessThan(20);
    }

    @Test
    void aLyingManifest() {
        Digest wanted = TestImage.digest(new byte[1]);
        registry.serveManifest("app", wanted.toString(), image.mediaType(), image.manifest());
        Failure failure = failure(() -> repository("app:1", ANYBODY).manifest(wanted));
        assertThat(failure.code()).isEqualTo(Failure.Code.DATA_LOSS);
        assertThat(failure.message()).contains("content of " + image.manifestDigest());
    }

    @Test
    void aManifestWithoutEnd() {
        Digest wanted = TestImage.digest(new byte[1]);
        registry.serveManifest(
                "app", wanted.toString(), image.mediaType(), new byte[(4 << 20) + 1]);
        assertThat(failure(() -> repository("app:1", ANYBODY).manifest(wanted)).message())
                .contains("more than 4 MiB");
    }

    @Test
    void aTruncatedBody() {
        registry.rule(
                exchange -> {
                    if (!exchange.getRequestURI().getPath().contains("/blobs/")) {
                        return false;
                    }
                    byte[] config = image.configuration();
                    exchange.sendResponseHeaders(200, config.length);
                    exchange.getResponseBody().write(config, 0, 5);
                    exchange.getResponseBody().flush();
                    throw new IOException("the line drops");
                });
        Failure failure = failure(() -> blob(repository("app:1", ANYBODY)));
        assertThat(failure.code()).isEqualTo(Failure.Code.UNAVAILABLE);
        assertThat(failure.message()).contains("/blobs/" + image.id());
    }

    @Test
    void anotherLengthThanTheManifestSays() {
        Failure failure =
                failure(
                        () ->
                                repository("app:1", ANYBODY)
                                        .blob(image.id(), 3, stream -> stream.readAllBytes()));
        assertThat(failure.code()).isEqualTo(Failure.Code.DATA_LOSS);
        assertThat(failure.message()).contains("the manifest 3");
    }

    @Test
    void aHostThatFallsSilent() throws IOException {
        client = new RegistryClient(certs, Duration.ofSeconds(5), Duration.ofMillis(300));
        registry.rule(
                exchange -> {
                    byte[] config = image.configuration();
                    if (exchange.getRequestURI().getPath().contains("/blobs/")) {
                        exchange.sendResponseHeaders(200, config.length);
                        exchange.getResponseBody().write(config, 0, 5);
                        exchange.getResponseBody().flush();
                    }
                    await(finished);
                    return true;
                });
        Repository repository = repository("app:1", ANYBODY);
        assertThat(failure(repository::resolve).code()).isEqualTo(Failure.Code.DEADLINE_EXCEEDED);
        assertThat(failure(() -> blob(repository)).code())
                .isEqualTo(Failure.Code.DEADLINE_EXCEEDED);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void mirrorsFirstAndThenTheServer() throws IOException {
        Files.createDirectories(certs.resolve("example.com"));
        Files.writeString(
                certs.resolve("example.com/hosts.toml"),
                """
                server = "http://%s"
                [host."http://%s"]
                  [host."http://%s".header]
                    X-Key = "k"
                """
                        .formatted(registry.authority(), other.authority(), other.authority()));
        ImageReference reference = ImageReference.parse("example.com/app:1");
        Repository repository = client.repository(reference, ANYBODY);
        assertThat(repository.resolve()).isEqualTo(image.manifestDigest());
        assertThat(other.count("HEAD", "/v2/app/manifests/1")).isEqualTo(1);
        assertThat(other.seen()).allSatisfy(s -> assertThat(s.query()).isEqualTo("ns=example.com"));

        ImageReference missing = ImageReference.parse("example.com/app:2");
        Failure failure = failure(() -> client.repository(missing, ANYBODY).resolve());
        assertThat(failure.code()).isEqualTo(Failure.Code.NOT_FOUND);
        assertThat(failure.message()).contains(other.authority(), registry.authority());

        other.serve("app", "2", image);
        other.close();
        assertThat(client.repository(reference, ANYBODY).resolve())
                .isEqualTo(image.manifestDigest());
    }

    @Test
    void aTokenServerInTheClearIsRefusedForAnHttpsRegistry() {
        RegistryHost host = HostDirectory.server("example.com");
        Challenge challenge = new Challenge("bearer", Map.of("realm", "http://auth.example/t"));
        TokenSource source =
                new TokenSource(
                        new Transport(Duration.ofSeconds(5), Duration.ofSeconds(5), Proxies.NONE));
        assertThat(
                        failure(
                                        () ->
                                                source.fetch(
                                                        host,
                                                        challenge,
                                                        List.of("s"),
                                                        Identity.of(USER.orElseThrow(), "")))
                                .message())
                .contains("plain HTTP and refused");
    }
}
