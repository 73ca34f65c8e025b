package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that expire, servers that speak OAuth 2 only, and what errors tell of it all. */
class AuthenticationTest {
    private static final Optional<RegistryCredentials> USER =
            Optional.of(RegistryCredentials.basic("jane", "hunter2"));

    @TempDir Path certs;
    private final FakeRegistry registry = new FakeRegistry();
    private final TestImage image = TestImage.oci();
    private final AtomicInteger tokens = new AtomicInteger();
    private final List<String> forms = new CopyOnWriteArrayList<>();
    private volatile String valid = "none";
    private volatile boolean postOnly;
    private RegistryClient client;

    @BeforeEach
    void open() {
        registry.serve("app", "1", image);
        registry.rule(this::token);
        registry.rule(this::guard);
        client = new RegistryClient(certs, Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    /** Gives a new token each time, the last of which alone is good. */
    private boolean token(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().equals("/token")) {
            return false;
        }
        boolean post = exchange.getRequestMethod().equals("POST");
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        forms.add(form);
        if (postOnly && !post) {
            json(exchange, 405, "{}");
            return true;
        }
        int number = tokens.incrementAndGet();
        valid = "token-" + number;
        json(
                exchange,
                200,
                "{\"%s\":\"%s\",\"expires_in\":300,\"refresh_token\":\"refresh-%d\"}"
                        .formatted(post ? "access_token" : "token", valid, number));
        return true;
    }

    private boolean guard(HttpExchange exchange) throws IOException {
        String shown = exchange.getRequestHeaders().getFirst("Authorization");
        if (("Bearer " + valid).equals(shown)) {
            return false;
        }
        exchange.getResponseHeaders()
                .add(
                        "WWW-Authenticate",
                        "Bearer realm=\"http://%s/token\",service=\"fake\",scope=\"repository:app:pull\""
                                .formatted(registry.authority()));
        json(exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"who?\"}]}");
        return true;
    }

    private static void json(HttpExchange exchange, int status, String body) throws IOException {
        FakeRegistry.answer(
                exchange, status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    private Repository repository(Optional<RegistryCredentials> credentials) {
        return client.repository(
                ImageReference.parse(registry.authority() + "/app:1"), credentials);
    }

    private void read(Repository repository) {
        repository.blob(image.id(), image.configuration().length, stream -> stream.readAllBytes());
    }

    @Test
    void aTokenThatExpiresInTheMiddleIsRenewedOnce() {
        Repository repository = repository(USER);
        repository.resolve();
        read(repository);
        assertThat(tokens).hasValue(1);
        valid = "gone";
        read(repository);
        assertThat(tokens).hasValue(2);
        read(repository);
        assertThat(tokens).hasValue(2);
    }

    @Test
    void aTokenThatIsNeverGoodEnough() {
        try (FakeRegistry stubborn = new FakeRegistry()) {
            stubborn.rule(
                    exchange -> {
                        exchange.getResponseHeaders()
                                .add(
                                        "WWW-Authenticate",
                                        "Bearer realm=\"http://%s/token\",service=\"fake\""
                                                .formatted(registry.authority()));
                        json(exchange, 401, "{}");
                        return true;
                    });
            assertThatThrownBy(
                            () ->
                                    client.repository(
                                                    ImageReference.parse(
                                                            stubborn.authority() + "/app:1"),
                                                    USER)
                                            .resolve())
                    .isInstanceOfSatisfying(
                            Failure.class,
                            f -> assertThat(f.code()).isEqualTo(Failure.Code.UNAUTHENTICATED))
                    .hasMessageContaining("(as user \"jane\") answered 401")
                    .message()
                    .doesNotContain("hunter2", "token-");
            // HEAD and GET, each without and with a token.
            assertThat(stubborn.seen()).hasSizeLessThanOrEqualTo(4);
        }
    }

    @Test
    void manyAtOnceFetchOneToken() throws Exception {
        Repository repository = repository(USER);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> reads = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                reads.add(threads.submit(() -> read(repository)));
            }
            for (Future<?> one : reads) {
                one.get();
            }
        }
        assertThat(tokens).hasValue(1);
    }

    @Test
    void aServerThatKnowsPostOnly() {
        postOnly = true;
        assertThat(repository(USER).resolve()).isEqualTo(image.manifestDigest());
        assertThat(forms.getLast())
                .contains(
                        "grant_type=password",
                        "username=jane",
                        "password=hunter2",
                        "scope=repository%3Aapp%3Apull");
    }

    @Test
    void aRefreshTokenThatIsExchangedAtEachUse() {
        var identity = Optional.of(new RegistryCredentials("", "", "first", "", ""));
        repository(identity).resolve();
        valid = "gone";
        repository(identity).resolve();
        assertThat(forms).element(0).asString().contains("refresh_token=first");
        assertThat(forms).element(1).asString().contains("refresh_token=refresh-1");
    }

    @Test
    void scopes() {
        Access pull = Access.pull("app");
        assertThat(pull.scopes("")).containsExactly("repository:app:pull");
        assertThat(pull.scopes("repository:proxy/app:pull aws"))
                .containsExactly("aws", "repository:proxy/app:pull");
        assertThat(Access.push("app").scopes("repository:app:pull"))
                .containsExactly("repository:app:pull,push");
        assertThat(Access.push("app").mounting(Set.of("base", "a/b")).scopes(""))
                .containsExactly(
                        "repository:a/b:pull", "repository:app:pull,push", "repository:base:pull");
        assertThat(Access.push("app").scopes("registry:catalog:*")).contains("registry:catalog:*");
    }

    @Test
    void oneLineForEachHostWithWhomAndWhat() throws IOException {
        try (FakeRegistry first = new FakeRegistry();
                FakeRegistry second = new FakeRegistry()) {
            first.rule(
                    exchange -> {
                        json(
                                exchange,
                                403,
                                "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not for you\"}]}");
                        return true;
                    });
            second.rule(
                    exchange -> {
                        exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=x");
                        exchange.getResponseHeaders().add("Retry-After", "7");
                        boolean known = exchange.getRequestHeaders().containsKey("Authorization");
                        json(exchange, known ? 503 : 401, "{}");
                        return true;
                    });
            Files.createDirectories(certs.resolve("example.com"));
            Files.writeString(
                    certs.resolve("example.com/hosts.toml"),
                    """
                    server = "http://127.0.0.1:1"
                    [host."http://%s"]
                    [host."http://%s"]
                    """
                            .formatted(first.authority(), second.authority()));
            Repository repository =
                    client.repository(ImageReference.parse("example.com/app:1"), USER);
            assertThatThrownBy(repository::resolve)
                    .isInstanceOf(Failure.class)
                    .message()
                    .satisfies(
                            text ->
                                    assertThat(text.lines())
                                            .satisfiesExactly(
                                                    line ->
                                                            assertThat(line)
                                                                    .isEqualTo(
                                                                            "3 hosts of registry example.com were asked:"),
                                                    line ->
                                                            assertThat(line)
                                                                    .contains(
                                                                            first.authority(),
                                                                            "(anonymous) answered 403: DENIED: not for you"),
                                                    line ->
                                                            assertThat(line)
                                                                    .contains(
                                                                            second.authority(),
                                                                            "(as user \"jane\") answered 503 (retry after 7)"),
                                                    line ->
                                                            assertThat(line)
                                                                    .contains(
                                                                            "127.0.0.1:1",
                                                                            "refused")))
                    .doesNotContain("hunter2");
        }
    }
}
