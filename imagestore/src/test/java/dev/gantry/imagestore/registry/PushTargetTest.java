package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.RegistryAccess;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.FakeUploads;
import dev.gantry.imagestore.testing.FakeUploads.Fault;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes against a registry that breaks off, forgets and refuses. */
class PushTargetTest {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    @TempDir Path certs;
    private final FakeRegistry registry = new FakeRegistry();
    private final FakeUploads uploads = new FakeUploads();
    private final byte[] blob = new byte[1000];
    private final List<Long> heard = new ArrayList<>();

    @BeforeEach
    void open() {
        new Random(7).nextBytes(blob);
        registry.rule(uploads);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private RegistryClient client(long chunk) {
        return new RegistryClient(
                RegistryAccess.of(certs)
                        .withCredentials(certs.resolve("none"), Optional.empty())
                        .withUploadChunk(chunk)
                        .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5)),
                Map.of());
    }

    private PushTarget target(long chunk) {
        return client(chunk)
                .pushTarget(
                        ImageReference.parse(registry.authority() + "/team/app:1"),
                        Optional.empty());
    }

    private PushTarget.Outcome push(long chunk, Optional<String> from) {
        return target(chunk)
                .blob(
                        TestImage.digest(blob),
                        blob.length,
                        at -> new ByteArrayInputStream(blob, (int) at, blob.length - (int) at),
                        from,
                        heard::add);
    }

    private void arrived() {
        assertThat(uploads.stored("team/app", "blobs", TestImage.digest(blob).toString()))
                .hasValueSatisfying(body -> assertThat(body).isEqualTo(blob));
        assertThat(uploads.open()).isZero();
        assertThat(heard.getLast()).isEqualTo(1000);
    }

    @Test
    void whole() {
        assertThat(push(0, Optional.empty())).isEqualTo(PushTarget.Outcome.SENT);
        arrived();
        assertThat(uploads.log()).containsExactly("POST", "PUT 1000");
        assertThat(push(0, Optional.empty())).isEqualTo(PushTarget.Outcome.EXISTS);
        assertThat(uploads.log()).hasSize(2);
    }

    @Test
    void inPieces() {
        push(400, Optional.empty());
        arrived();
        assertThat(uploads.log())
                .containsExactly("POST", "PATCH 400", "PATCH 400", "PATCH 200", "PUT 0");
    }

    @Test
    void aBrokenPieceGoesOnWhereItBroke() {
        uploads.next(Fault.BREAK_HALFWAY, Fault.BREAK_HALFWAY);
        push(400, Optional.empty());
        arrived();
        assertThat(uploads.log())
                .containsExactly(
                        "POST", "PATCH 400", "PATCH 400", "PATCH 400", "PATCH 200", "PUT 0");
    }

    @Test
    void aBusyRegistryIsAskedAgain() {
        uploads.next(Fault.BUSY, Fault.BUSY);
        push(600, Optional.empty());
        arrived();
    }

    @Test
    void aForgottenUploadBeginsAnew() {
        uploads.next(Fault.FORGET);
        push(600, Optional.empty());
        arrived();
        assertThat(uploads.log())
                .containsSubsequence("POST", "PATCH 600", "POST", "PATCH 600", "PATCH 400");
    }

    @Test
    void aLostAnswerIsLookedFor() {
        uploads.next(Fault.LOSE_COMMIT);
        assertThat(push(0, Optional.empty())).isEqualTo(PushTarget.Outcome.SENT);
        arrived();
        assertThat(uploads.log()).filteredOn(line -> line.startsWith("PUT")).hasSize(1);
    }

    @Test
    void aRegistryThatWantsBlobsWhole() {
        uploads.wantsBlobsWhole();
        push(400, Optional.empty());
        arrived();
        assertThat(uploads.log())
                .containsExactly("POST", "PATCH 400", "DELETE", "POST", "PUT 1000");
    }

    @Test
    void mountedFromAnotherRepository() {
        uploads.store("base", "blobs", TestImage.digest(blob).toString(), "x", blob);
        assertThat(push(0, Optional.of("base"))).isEqualTo(PushTarget.Outcome.MOUNTED);
        assertThat(uploads.log()).containsExactly("POST mount");
        assertThat(uploads.stored("team/app", "blobs", TestImage.digest(blob).toString()))
                .isPresent();
    }

    @Test
    void whatCannotBeMountedIsSent() {
        assertThat(push(0, Optional.of("base"))).isEqualTo(PushTarget.Outcome.SENT);
        arrived();
        assertThat(uploads.log()).containsExactly("POST", "PUT 1000");
    }

    @Test
    void aSourceThatIsTooShortLeavesNothing() {
        assertThatThrownBy(
                        () ->
                                target(400)
                                        .blob(
                                                TestImage.digest(blob),
                                                1000,
                                                at -> new ByteArrayInputStream(new byte[10]),
                                                Optional.empty(),
                                                _ -> {}))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("shorter than it should be");
        assertThat(uploads.open()).isZero();
    }

    @Test
    void aRegistryThatHasSomethingElse() {
        uploads.lies();
        assertThatThrownBy(() -> push(0, Optional.empty()))
                .isInstanceOfSatisfying(
                        Failure.class, f -> assertThat(f.code()).isEqualTo(Failure.Code.DATA_LOSS))
                .hasMessageContaining("says that it has");
    }

    private byte[] signature(int number, Digest subject) {
        return """
        {"schemaVersion":2,"mediaType":"%s","artifactType":"test/signature",\
        "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},\
        "layers":[],"subject":{"mediaType":"%s","digest":"%s","size":5},\
        "annotations":{"number":"%d"}}"""
                .formatted(
                        MANIFEST,
                        TestImage.digest("{}".getBytes(StandardCharsets.UTF_8)),
                        MANIFEST,
                        subject,
                        number)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void referrersWithoutHelpOfTheRegistry() {
        uploads.knowsNoSubjects();
        Digest subject = TestImage.digest(blob);
        for (int i = 0; i < 3; i++) {
            byte[] manifest = signature(i % 2, subject);
            Digest digest = TestImage.digest(manifest);
            target(0).manifest(digest.toString(), digest, MANIFEST, manifest);
        }
        Repository repository =
                client(0)
                        .repository(
                                ImageReference.parse(registry.authority() + "/team/app:1"),
                                Optional.empty());
        assertThat(repository.referrers(subject, Optional.empty()))
                .extracting(r -> r.artifactType() + r.annotations())
                .containsExactly("test/signature{number=0}", "test/signature{number=1}");
        assertThat(repository.referrers(subject, Optional.of("other"))).isEmpty();
        assertThat(repository.referrers(TestImage.digest(new byte[9]), Optional.empty())).isEmpty();
        assertThat(uploads.stored("team/app", "manifests", "sha256-" + subject.hex())).isPresent();
    }

    @Test
    void aRegistryThatKnowsSubjectsNeedsNoTag() {
        Digest subject = TestImage.digest(blob);
        byte[] manifest = signature(1, subject);
        Digest digest = TestImage.digest(manifest);
        uploads.next(Fault.BUSY);
        target(0).manifest("sig", digest, MANIFEST, manifest);
        assertThat(uploads.log()).containsExactly("PUT manifest sig", "PUT manifest sig");
        assertThat(uploads.stored("team/app", "manifests", "sha256-" + subject.hex())).isEmpty();
    }

    @Test
    void referrersInPages() {
        registry.rule(exchange -> false);
        try (FakeRegistry paged = new FakeRegistry()) {
            paged.rule(
                    exchange -> {
                        String query = exchange.getRequestURI().getQuery();
                        int page = query != null && query.contains("page=") ? 1 : 0;
                        if (page == 0) {
                            exchange.getResponseHeaders()
                                    .set(
                                            "Link",
                                            "<%s?page=1>; rel=\"next\""
                                                    .formatted(exchange.getRequestURI().getPath()));
                        }
                        String entry =
                                "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1,\"artifactType\":\"t%d\"}"
                                        .formatted(
                                                MANIFEST,
                                                TestImage.digest(new byte[] {(byte) page}),
                                                page);
                        FakeRegistry.answer(
                                exchange,
                                200,
                                "application/vnd.oci.image.index.v1+json",
                                ("{\"manifests\":[" + entry + "]}")
                                        .getBytes(StandardCharsets.UTF_8));
                        return true;
                    });
            Repository repository =
                    client(0)
                            .repository(
                                    ImageReference.parse(paged.authority() + "/app:1"),
                                    Optional.empty());
            Digest subject = TestImage.digest(blob);
            assertThat(repository.referrers(subject, Optional.empty()))
                    .extracting(Referrer::artifactType)
                    .containsExactly("t0", "t1");
            assertThat(repository.referrers(subject, Optional.of("t1")))
                    .extracting(Referrer::artifactType)
                    .containsExactly("t1");
        }
    }

    @Test
    void onlyAHostThatMayIsPushedTo() throws IOException {
        Path directory = Files.createDirectories(certs.resolve("example.com"));
        Path file = directory.resolve("hosts.toml");
        Files.writeString(
                file,
                """
                server = "http://%s"
                [host."http://127.0.0.1:1"]
                capabilities = ["pull", "resolve"]
                """
                        .formatted(registry.authority()));
        ImageReference reference = ImageReference.parse("example.com/app:1");
        assertThat(
                        client(0)
                                .pushTarget(reference, Optional.empty())
                                .hasBlob(TestImage.digest(blob)))
                .isFalse();
        Files.writeString(file, "capabilities = [\"pull\", \"resolve\"]\n");
        assertThatThrownBy(() -> client(0).pushTarget(reference, Optional.empty()))
                .hasMessageContaining("no host of registry example.com has the capability push");
        assertThatThrownBy(
                        () ->
                                client(0)
                                        .repository(reference, Optional.empty())
                                        .referrers(TestImage.digest(blob), Optional.empty()))
                .hasMessageContaining("has the capability referrers");
    }
}
