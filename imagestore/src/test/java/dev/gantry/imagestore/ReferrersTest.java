package dev.gantry.imagestore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.Programs;
import dev.gantry.imagestore.testing.RealRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestArtifact;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Platform;
import dev.gantry.state.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What refers to an image is kept with it: pulled, listed, counted, pushed, dropped. */
@Tag("root")
class ReferrersTest {
    private static final Optional<RegistryCredentials> ANYBODY = Optional.empty();

    @TempDir Path directory;
    private final FakeRegistry registry = new FakeRegistry();
    private final TestImage image =
            TestImage.oci().layer(new TarBuilder().file("a", "first"), TestImage.Packing.GZIP);
    private Database database;
    private ImageStore store;

    @BeforeEach
    void open() {
        database = Database.open(directory.resolve("gantry.db"), ImageStore.migrations());
        store = open(StoragePolicy.DEFAULT);
    }

    private ImageStore open(StoragePolicy policy) {
        return ImageStore.open(
                ImageStoreSettings.of(directory.resolve("store"), directory.resolve("certs.d"))
                        .withStorage(policy)
                        .withPulls(
                                PullSettings.DEFAULT.withRetries(
                                        1, Duration.ofMillis(1), Duration.ofMillis(1))),
                database);
    }

    @AfterEach
    void close() {
        database.close();
        registry.close();
    }

    private ImageReference reference(String rest) {
        return ImageReference.parse(registry.authority() + "/" + rest);
    }

    private TestArtifact about(String type, String content) {
        return about(image.manifestDigest(), type, content);
    }

    private TestArtifact about(Digest subject, String type, String content) {
        return TestArtifact.of(type)
                .file("content", content)
                .subject(MediaTypes.OCI_MANIFEST, subject, image.manifest().length);
    }

    private static String entry(TestArtifact artifact, String rest) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
                .formatted(
                        MediaTypes.OCI_MANIFEST,
                        artifact.digest(),
                        artifact.manifest().length,
                        rest);
    }

    /** Serves the artifacts and a list of them. */
    private void list(Digest subject, List<TestArtifact> artifacts) {
        artifacts.forEach(a -> a.serve(registry, "app", a.digest().toString()));
        String index =
                artifacts.stream()
                        .map(a -> entry(a, ""))
                        .collect(
                                Collectors.joining(
                                        ",",
                                        "{\"schemaVersion\":2,\"mediaType\":\""
                                                + MediaTypes.OCI_INDEX
                                                + "\",\"manifests\":[",
                                        "]}"));
        byte[] body = index.getBytes(UTF_8);
        registry.rule(
                exchange -> {
                    String path = exchange.getRequestURI().getPath();
                    if (path.equals("/v2/app/referrers/" + subject)) {
                        FakeRegistry.answer(exchange, 200, MediaTypes.OCI_INDEX, body);
                        return true;
                    }
                    return false;
                });
    }

    private Image pull(boolean referrers) {
        return store.pull(reference("app:1"), ANYBODY, referrers, _ -> {});
    }

    private long blobs() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("store/content/blobs/sha256"))) {
            return files.count();
        }
    }

    @Test
    void theyComeWithTheImageWhenAskedForAndGoWithIt() throws IOException {
        registry.serve("app", "1", image);
        TestArtifact sbom = about("text/spdx", "packages");
        TestArtifact signature = about("test/signature", "signed");
        list(image.manifestDigest(), List.of(sbom, signature));
        Image plain = pull(false);
        assertThat(store.referrers(plain.id().toString())).isEmpty();
        assertThat(registry.count("GET", "/referrers/" + image.manifestDigest())).isZero();

        Image with = pull(true);
        Digest subject = image.manifestDigest();
        assertThat(store.referrers(reference("app:1").toString()))
                .containsExactlyInAnyOrder(
                        new ImageReferrer(
                                sbom.digest(),
                                subject,
                                MediaTypes.OCI_MANIFEST,
                                "text/spdx",
                                sbom.bytes()),
                        new ImageReferrer(
                                signature.digest(),
                                subject,
                                MediaTypes.OCI_MANIFEST,
                                "test/signature",
                                signature.bytes()));
        // Both have the empty configuration.
        long more = sbom.bytes() + signature.bytes() - 2;
        assertThat(with.size()).isEqualTo(plain.size() + more);
        assertThat(store.usage().images().bytes()).isEqualTo(with.size());
        assertThat(store.usage(with.id().toString()).unique()).isEqualTo(with.size());
        assertThat(store.check(false, _ -> {}).findings()).isZero();

        store.remove(with.id().toString());
        assertThat(blobs()).isZero();
        assertThat(store.usage().images().bytes()).isZero();
    }

    @Test
    void theNextPullThatAsksReplacesThem() {
        registry.serve("app", "1", image);
        List<TestArtifact> now =
                new ArrayList<>(List.of(about("test/one", "1"), about("test/two", "2")));
        registry.rule(
                exchange -> {
                    if (exchange.getRequestURI().getPath().contains("/referrers/")) {
                        String index =
                                now.stream()
                                        .map(a -> entry(a, ""))
                                        .collect(Collectors.joining(",", "{\"manifests\":[", "]}"));
                        FakeRegistry.answer(
                                exchange, 200, MediaTypes.OCI_INDEX, index.getBytes(UTF_8));
                        return true;
                    }
                    return false;
                });
        now.forEach(a -> a.serve(registry, "app", a.digest().toString()));
        String id = pull(true).id().toString();
        assertThat(store.referrers(id)).hasSize(2);
        long both = store.usage(id).unique();
        now.removeFirst();
        pull(true);
        assertThat(store.referrers(id))
                .extracting(ImageReferrer::artifactType)
                .containsExactly("test/two");
        assertThat(store.usage(id).unique()).isLessThan(both);
        pull(false);
        assertThat(store.referrers(id)).hasSize(1);
    }

    @Test
    void aStoreThatIsSetToTriesAtEveryPullAndDoesNotFailForIt() {
        registry.serve("app", "1", image);
        TestArtifact sbom = about("text/spdx", "packages");
        list(image.manifestDigest(), List.of(sbom));
        registry.serveBlob(
                "app", TestImage.digest("packages".getBytes(UTF_8)), "x".getBytes(UTF_8));
        store = open(StoragePolicy.DEFAULT.withReferrers(true));
        Image pulled = pull(false);
        assertThat(store.referrers(pulled.id().toString())).isEmpty();
        assertThatThrownBy(() -> pull(true))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("pull " + reference("app:1") + ": referrers: ");
        assertThat(store.list()).containsExactly(pulled);
        sbom.serve(registry, "app", "sbom");
        pull(false);
        assertThat(store.referrers(pulled.id().toString())).hasSize(1);
    }

    /** BuildKit's attestations are entries of the index, and name the manifest they are about. */
    @Test
    void attestationsOfAnIndex() {
        TestArtifact provenance =
                TestArtifact.of("application/vnd.docker.attestation.manifest.v1+json")
                        .file("", "unused")
                        .blob("application/vnd.in-toto+json", "{\"p\":1}".getBytes(UTF_8), "");
        TestArtifact another = TestArtifact.of("test/other").file("x", "of another platform");
        for (TestArtifact artifact : List.of(provenance, another)) {
            artifact.serve(registry, "app", artifact.digest().toString());
        }
        String rest =
                ",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},\"annotations\":{"
                        + "\"vnd.docker.reference.type\":\"attestation-manifest\","
                        + "\"vnd.docker.reference.digest\":\"%s\"}";
        String plain = new String(TestImage.index(false, Map.of(Platform.host(), image)), UTF_8);
        String entries =
                entry(provenance, rest.formatted(image.manifestDigest()))
                        + ","
                        + entry(another, rest.formatted(another.digest()));
        byte[] index = plain.replaceFirst("\\]\\}$", "," + entries + "]}").getBytes(UTF_8);
        Digest digest = TestImage.digest(index);
        registry.serve("app", image.manifestDigest().toString(), image);
        registry.serveManifest("app", "1", MediaTypes.OCI_INDEX, index);
        registry.serveManifest("app", digest.toString(), MediaTypes.OCI_INDEX, index);
        TestArtifact signature = about(digest, "test/signature", "of the index");
        list(digest, List.of(signature));
        Image pulled = pull(true);
        assertThat(pulled.id()).isEqualTo(image.id());
        assertThat(store.referrers(pulled.id().toString()))
                .extracting(ImageReferrer::digest, ImageReferrer::subject)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(
                                provenance.digest(), image.manifestDigest()),
                        org.assertj.core.groups.Tuple.tuple(signature.digest(), digest));
    }

    @Test
    void whatIsAboutSomethingElseIsNotTaken() {
        registry.serve("app", "1", image);
        Digest other = TestImage.digest("other".getBytes(UTF_8));
        list(
                image.manifestDigest(),
                List.of(
                        about("test/mine", "1"),
                        about(other, "test/lie", "2"),
                        TestArtifact.of("test/none").file("a", "b")));
        assertThat(store.referrers(pull(true).id().toString()))
                .extracting(ImageReferrer::artifactType)
                .containsExactly("test/mine");
    }

    @Test
    void tooManyAreRefused() {
        registry.serve("app", "1", image);
        List<TestArtifact> many = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            many.add(about("test/flood", "content " + i));
        }
        list(image.manifestDigest(), many);
        assertThatThrownBy(() -> pull(true))
                .isInstanceOfSatisfying(
                        Failure.class,
                        e -> assertThat(e.code()).isEqualTo(Failure.Code.RESOURCE_EXHAUSTED))
                .hasMessageContaining("65 manifests refer to it, more than 64");
        assertThat(store.referrers(image.id().toString())).isEmpty();
    }

    /** The image is whole without them. */
    @Test
    void whatIsLostOfThemCostsThemAlone() throws IOException {
        registry.serve("app", "1", image);
        list(image.manifestDigest(), List.of(about("test/one", "lost"), about("test/two", "2")));
        String id = pull(true).id().toString();
        Path blobs = directory.resolve("store/content/blobs/sha256");
        Path lost = blobs.resolve(TestImage.digest("lost".getBytes(UTF_8)).hex());
        Files.delete(lost);
        database.close();
        open();
        assertThat(store.find(id)).isPresent();
        assertThat(store.referrers(id)).isEmpty();
        pull(true);
        assertThat(store.referrers(id)).hasSize(2);

        Files.writeString(lost, "LOST");
        assertThat(store.check(true, _ -> {}).findings()).isEqualTo(1);
        assertThat(store.find(id)).isPresent();
        assertThat(store.referrers(id)).isEmpty();
    }

    /** Debian's registry keeps no lists: the fallback tag stands in for one. */
    @Test
    void pushedAlongToARegistryWithoutLists() throws IOException {
        try (RealRegistry real = RealRegistry.open(directory.resolve("registry"))) {
            pushedAlong(real.authority());
        }
    }

    @Test
    @Tag("go")
    void pushedAlongToARegistryWithLists() throws Exception {
        Path conformance = Path.of("..", "conformance").toAbsolutePath().normalize();
        Programs.run(
                directory,
                List.of(conformance.resolve("bin/build-tools").toString(), "oci-registry"));
        Process process =
                new ProcessBuilder(conformance.resolve("target/tools/oci-registry").toString())
                        .redirectErrorStream(true)
                        .start();
        try {
            BufferedReader said = process.inputReader(UTF_8);
            pushedAlong(said.readLine().substring("listening on ".length()));
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    private void pushedAlong(String authority) {
        registry.serve("app", "1", image);
        TestArtifact sbom = about("text/spdx", "packages");
        list(image.manifestDigest(), List.of(sbom));
        Image pulled = pull(true);
        ImageReference target = ImageReference.parse(authority + "/copy/app:2");
        store.tag(pulled.id().toString(), target);
        store.push(target, ANYBODY, false, _ -> {});
        store.pull(target, ANYBODY, true, _ -> {});
        assertThat(store.referrers(target.toString())).isEmpty();

        pull(true);
        store.push(target, ANYBODY, true, _ -> {});
        store.remove(pulled.id().toString());
        store.pull(target, ANYBODY, true, _ -> {});
        assertThat(store.referrers(target.toString()))
                .singleElement()
                .satisfies(
                        r -> {
                            assertThat(r.digest()).isEqualTo(sbom.digest());
                            assertThat(r.subject()).isEqualTo(image.manifestDigest());
                        });
    }
}
