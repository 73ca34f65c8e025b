package dev.gantry.imagestore.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageStore;
import dev.gantry.imagestore.ImageStoreSettings;
import dev.gantry.imagestore.testing.Pusher;
import dev.gantry.imagestore.testing.RealRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.imagestore.testing.TestImage.Packing;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Platform;
import dev.gantry.state.Database;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a real registry, under a policy. */
final class SignedPullTest {
    private static final String OCI = "application/vnd.oci.image.manifest.v1+json";

    private final TestImage image =
            TestImage.oci().layer(new TarBuilder().file("a", "first"), Packing.GZIP);

    @TempDir Path directory;
    private RealRegistry registry;
    private Pusher pusher;
    private Database database;
    private Signer signer;

    @BeforeEach
    void open() throws Exception {
        registry = RealRegistry.open(directory.resolve("registry"));
        pusher = registry.pusher();
        database = Database.open(directory.resolve("gantry.db"), ImageStore.migrations());
        signer = Signer.ecdsa();
        signer.writePublicKey(directory.resolve("team.pub"));
        Files.writeString(
                directory.resolve("policy.toml"),
                """
                default = "reject"
                [[rule]]
                repository = "%1$s/team"
                action = "require-signature"
                keys = ["team.pub"]
                [[rule]]
                repository = "%1$s/free"
                action = "accept"
                """
                        .formatted(registry.authority()));
    }

    @AfterEach
    void close() {
        database.close();
        pusher.close();
        registry.close();
    }

    private ImageStore store() {
        return ImageStore.open(
                ImageStoreSettings.of(directory.resolve("store"), directory.resolve("certs.d"))
                        .withPolicyFile(directory.resolve("policy.toml")),
                database);
    }

    private ImageReference reference(String rest) {
        return ImageReference.parse(registry.authority() + "/" + rest);
    }

    /** Pushes what cosign pushes when it signs. */
    private byte[] sign(String repository, Digest digest, String more) throws Exception {
        byte[] payload = Signer.payload(registry.authority() + "/" + repository, digest);
        byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
        Digest payloadDigest = SignedRepository.digest(payload);
        Digest configDigest = SignedRepository.digest(config);
        pusher.blob(repository, payloadDigest, payload);
        pusher.blob(repository, configDigest, config);
        return """
        {"schemaVersion":2,"mediaType":"%s"%s,\
        "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},\
        "layers":[{"mediaType":"%s","digest":"%s","size":%d,"annotations":{"%s":"%s"}}]}"""
                .formatted(
                        OCI,
                        more,
                        configDigest,
                        ClaimParser.SIMPLE_SIGNING,
                        payloadDigest,
                        payload.length,
                        ClaimParser.SIGNATURE_ANNOTATION,
                        Base64.getEncoder().encodeToString(signer.sign(payload)))
                .getBytes(StandardCharsets.UTF_8);
    }

    private void refused(ImageStore store, String rest, String... words) {
        Failure failure =
                assertThrows(Failure.class, () -> store.pull(reference(rest), Optional.empty()));
        assertEquals(Failure.Code.PERMISSION_DENIED, failure.code(), failure.message());
        assertTrue(failure.message().startsWith("SignatureValidationFailed: "), failure.message());
        for (String word : words) {
            assertTrue(failure.message().contains(word), failure.message());
        }
    }

    @Test
    void onlyWhatIsSignedIsPulled() throws Exception {
        Digest digest = pusher.push("team/app", "v1", image);
        ImageStore store = store();
        refused(store, "team/app:v1", "/team\"", "policy.toml, line 3", "team.pub; found none");
        assertTrue(store.list().isEmpty());
        pusher.manifest(
                "team/app", "sha256-" + digest.hex() + ".sig", OCI, sign("team/app", digest, ""));
        Image pulled = store.pull(reference("team/app:v1"), Optional.empty());
        assertEquals(image.id(), pulled.id());
        assertEquals(
                image.id(), store.pull(reference("team/app@" + digest), Optional.empty()).id());
    }

    /** As cosign leaves it on a registry without the referrers API. */
    @Test
    void signatureBehindTheReferrersTagCounts() throws Exception {
        Digest digest = pusher.push("team/app", "v1", image);
        byte[] signature =
                sign(
                        "team/app",
                        digest,
                        ",\"artifactType\":\"application/vnd.dev.cosign.artifact.sig.v1+json\"");
        Digest signatureDigest = SignedRepository.digest(signature);
        pusher.manifest("team/app", signatureDigest.toString(), OCI, signature);
        byte[] index =
                """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",\
                "manifests":[{"mediaType":"%s","digest":"%s","size":%d,\
                "artifactType":"application/vnd.dev.cosign.artifact.sig.v1+json"}]}"""
                        .formatted(OCI, signatureDigest, signature.length)
                        .getBytes(StandardCharsets.UTF_8);
        pusher.manifest(
                "team/app",
                "sha256-" + digest.hex(),
                "application/vnd.oci.image.index.v1+json",
                index);
        assertEquals(image.id(), store().pull(reference("team/app:v1"), Optional.empty()).id());
    }

    @Test
    void signedIndexVouchesForItsImages() throws Exception {
        Digest index = pusher.pushIndex("team/app", "v1", false, Map.of(Platform.host(), image));
        ImageStore store = store();
        refused(store, "team/app:v1", "found none");
        pusher.manifest(
                "team/app", "sha256-" + index.hex() + ".sig", OCI, sign("team/app", index, ""));
        assertEquals(image.id(), store.pull(reference("team/app:v1"), Optional.empty()).id());
    }

    @Test
    void signatureOfAnotherImageDoesNotCount() throws Exception {
        TestImage other = TestImage.oci().layer(new TarBuilder().file("b", "second"), Packing.GZIP);
        Digest digest = pusher.push("team/app", "v1", image);
        Digest otherDigest = pusher.push("team/app", "v2", other);
        pusher.manifest(
                "team/app",
                "sha256-" + digest.hex() + ".sig",
                OCI,
                sign("team/app", otherDigest, ""));
        refused(store(), "team/app:v1", "a signature for other content");
    }

    @Test
    void rulesDecideBeforeTheRegistryIsAsked() {
        ImageStore store = store();
        refused(store, "other/app:v1", "is refused by the default (", "policy.toml, line 1");
        Failure free =
                assertThrows(
                        Failure.class,
                        () -> store.pull(reference("free/app:v1"), Optional.empty()));
        assertEquals(Failure.Code.NOT_FOUND, free.code(), free.message());
    }

    /** A policy that was tightened holds for what is here already. */
    @Test
    void imageThatIsHereIsJudgedAgain() throws Exception {
        pusher.push("free/app", "v1", image);
        ImageStore store = store();
        store.pull(reference("free/app:v1"), Optional.empty());
        Files.writeString(directory.resolve("policy.toml"), "default = \"reject\"\n");
        refused(store, "free/app:v1", "the default");
    }
}
