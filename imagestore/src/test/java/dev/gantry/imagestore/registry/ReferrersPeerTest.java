package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.RegistryAccess;
import dev.gantry.imagestore.testing.Programs;
import dev.gantry.imagestore.testing.RealRegistry;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Referrers on a registry of another make that keeps lists of them, and on Debian's docker-registry
 * that does not.
 */
class ReferrersPeerTest {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.UTF_8);

    @TempDir Path directory;

    @Test
    @Tag("go")
    void aRegistryThatKeepsLists() throws Exception {
        Path conformance = Path.of("..", "conformance").toAbsolutePath().normalize();
        Programs.run(
                directory,
                List.of(conformance.resolve("bin/build-tools").toString(), "oci-registry"));
        Process process =
                new ProcessBuilder(conformance.resolve("target/tools/oci-registry").toString())
                        .redirectErrorStream(true)
                        .start();
        try {
            BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
            String line = said.readLine();
            assertThat(line).startsWith("listening on ");
            signed(line.substring("listening on ".length()), false);
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Test
    void aRegistryThatKeepsNone() throws IOException {
        try (RealRegistry registry = RealRegistry.open(directory.resolve("registry"))) {
            signed(registry.authority(), true);
        }
    }

    @Test
    @Tag("go")
    void distributionKeepsNoneEither() throws IOException {
        try (RealRegistry registry =
                RealRegistry.distribution(Files.createDirectory(directory.resolve("registry")))) {
            signed(registry.authority(), true);
        }
    }

    /** Pushes an image and two signatures of it, and asks who refers to it. */
    private void signed(String authority, boolean tagged) throws IOException {
        RegistryClient client =
                new RegistryClient(
                        RegistryAccess.of(directory)
                                .withCredentials(directory.resolve("none"), Optional.empty())
                                .withUploadChunk(0)
                                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5)),
                        Map.of());
        ImageReference reference = ImageReference.parse(authority + "/team/app:1");
        PushTarget target = client.pushTarget(reference, Optional.empty());
        TestImage image = TestImage.oci();
        image.blobs().forEach((digest, body) -> send(target, digest, body));
        target.manifest("1", image.manifestDigest(), MANIFEST, image.manifest());
        send(target, TestImage.digest(EMPTY), EMPTY);
        for (String type : List.of("test/one", "test/two")) {
            byte[] signature = signature(type, image);
            Digest digest = TestImage.digest(signature);
            target.manifest(digest.toString(), digest, MANIFEST, signature);
        }
        Repository repository = client.repository(reference, Optional.empty());
        Digest subject = image.manifestDigest();
        assertThat(repository.resolve()).isEqualTo(subject);
        assertThat(repository.referrers(subject, Optional.empty()))
                .extracting(Referrer::artifactType)
                .containsExactlyInAnyOrder("test/one", "test/two");
        assertThat(repository.referrers(subject, Optional.of("test/two")))
                .singleElement()
                .satisfies(
                        referrer ->
                                assertThat(repository.manifest(referrer.manifest().digest()).body())
                                        .isEqualTo(signature("test/two", image)));
        assertThat(target.document("sha256-" + subject.hex()).isPresent()).isEqualTo(tagged);
    }

    private static void send(PushTarget target, Digest digest, byte[] body) {
        target.blob(
                digest,
                body.length,
                from -> new ByteArrayInputStream(body, (int) from, body.length - (int) from),
                Optional.empty(),
                _ -> {});
    }

    /** Its type is its configuration's: all that go-containerregistry's lists look at. */
    private static byte[] signature(String type, TestImage image) {
        return """
        {"schemaVersion":2,"mediaType":"%s",\
        "config":{"mediaType":"%s","digest":"%s","size":2},\
        "layers":[{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2}],\
        "subject":{"mediaType":"%s","digest":"%s","size":%d}}"""
                .formatted(
                        MANIFEST,
                        type,
                        TestImage.digest(EMPTY),
                        TestImage.digest(EMPTY),
                        image.mediaType(),
                        image.manifestDigest(),
                        image.manifest().length)
                .getBytes(StandardCharsets.UTF_8);
    }
}
