package dev.gantry.imagestore.signature;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the gate lets through, and what it says to what it does not. */
final class PolicyGateTest {
    private static final Digest IMAGE =
            SignedRepository.digest("image".getBytes(StandardCharsets.UTF_8));
    private static final Digest OTHER =
            SignedRepository.digest("other".getBytes(StandardCharsets.UTF_8));
    private static final ImageReference APP = ImageReference.parse("reg.example.com/team/app:v1");

    @TempDir Path directory;
    private Signer signer;
    private SignedRepository repository;

    @BeforeEach
    void keys() throws Exception {
        signer = Signer.ecdsa();
        signer.writePublicKey(directory.resolve("team.pub"));
        repository = new SignedRepository();
    }

    private PolicyGate gate(String text) throws IOException {
        return new PolicyGate(Files.writeString(directory.resolve("policy.toml"), text));
    }

    private PolicyGate signed() throws IOException {
        return gate(
                """
                default = "accept"
                [[rule]]
                repository = "reg.example.com/team"
                action = "require-signature"
                keys = ["team.pub"]
                """);
    }

    private Failure refusal(PolicyGate gate) {
        Failure failure = assertThrows(Failure.class, () -> gate.verify(APP, IMAGE, repository));
        assertEquals(Failure.Code.PERMISSION_DENIED, failure.code(), failure.message());
        assertTrue(
                failure.message().startsWith("SignatureValidationFailed: ")
                        && failure.message().contains("rule \"reg.example.com/team\"")
                        && failure.message().contains("policy.toml, line 3"),
                failure.message());
        return failure;
    }

    private void sign(Signer by, String identity, Digest digest) throws Exception {
        byte[] payload = Signer.payload(identity, digest);
        repository.simple(payload, by.sign(payload));
    }

    @Test
    void withoutFileEverythingPasses() {
        PolicyGate gate = new PolicyGate(directory.resolve("none.toml"));
        gate.admit(APP);
        gate.verify(APP, IMAGE, repository);
        assertEquals(0, repository.asked);
    }

    @Test
    void signatureUnderTheTagCounts() throws Exception {
        sign(signer, APP.name(), IMAGE);
        repository.tagged(IMAGE);
        assertDoesNotThrow(() -> signed().verify(APP, IMAGE, repository));
    }

    @Test
    void signatureThatRefersCounts() throws Exception {
        sign(signer, APP.name(), IMAGE);
        repository.referring(IMAGE);
        assertDoesNotThrow(() -> signed().verify(APP, IMAGE, repository));
    }

    @Test
    void bundleCountsAndOtherStatementsDoNot() throws Exception {
        String type = "application/vnd.dev.sigstore.bundle.v0.3+json";
        repository.layer(type, signer.bundle(IMAGE, "https://spdx.dev/Document"), "");
        repository.referring(IMAGE);
        PolicyGate gate = signed();
        assertTrue(refusal(gate).message().endsWith("found none"));
        repository.layer(type, signer.bundle(OTHER, "https://sigstore.dev/cosign/sign/v1"), "");
        repository.referring(IMAGE);
        assertTrue(refusal(gate).message().contains("a signature for other content"));
        repository.layer(type, signer.bundle(IMAGE, "https://sigstore.dev/cosign/sign/v1"), "");
        repository.referring(IMAGE);
        assertDoesNotThrow(() -> gate.verify(APP, IMAGE, repository));
    }

    @Test
    void oneGoodAmongBadOnesIsEnough() throws Exception {
        sign(Signer.ecdsa(), APP.name(), IMAGE);
        sign(signer, APP.name(), OTHER);
        sign(signer, APP.name(), IMAGE);
        repository.tagged(IMAGE);
        assertDoesNotThrow(() -> signed().verify(APP, IMAGE, repository));
    }

    @Test
    void refusalSaysWhatWasFoundInstead() throws Exception {
        PolicyGate gate = signed();
        assertTrue(refusal(gate).message().endsWith("found none"));
        sign(Signer.ecdsa(), APP.name(), IMAGE);
        sign(Signer.ecdsa(), APP.name(), IMAGE);
        sign(signer, "reg.example.com/evil/app", IMAGE);
        repository.tagged(IMAGE);
        String message = refusal(gate).message();
        assertTrue(
                message.contains(directory.resolve("team.pub").toString())
                        && message.contains("2 times a signature by another key")
                        && message.contains("another repository (\"reg.example.com/evil/app\")"),
                message);
    }

    @Test
    void payloadThatWasChangedDoesNotCount() throws Exception {
        byte[] signature = signer.sign(Signer.payload(APP.name(), OTHER));
        repository.simple(Signer.payload(APP.name(), IMAGE), signature);
        repository.tagged(IMAGE);
        assertTrue(refusal(signed()).message().contains("by another key"));
    }

    @Test
    void rubbishBesideIsPassedOver() throws Exception {
        repository.tagged(IMAGE, "{\"layers\": [{\"mediaType\": 7}]}");
        PolicyGate gate = signed();
        assertTrue(refusal(gate).message().endsWith("found none"));
        sign(signer, APP.name(), IMAGE);
        repository.referring(IMAGE);
        assertDoesNotThrow(() -> gate.verify(APP, IMAGE, repository));
    }

    @Test
    void anyIdentityTakesCopies() throws Exception {
        sign(signer, "elsewhere.example.com/app", IMAGE);
        repository.tagged(IMAGE);
        PolicyGate gate =
                gate(
                        """
                        default = "reject"
                        [[rule]]
                        repository = "reg.example.com"
                        action = "require-signature"
                        identity = "any"
                        keys = ["team.pub"]
                        """);
        assertDoesNotThrow(() -> gate.verify(APP, IMAGE, repository));
    }

    @Test
    void dockerHubHasTwoNames() throws Exception {
        ImageReference nginx = ImageReference.parse("nginx:1");
        sign(signer, "index.docker.io/library/nginx", IMAGE);
        repository.tagged(IMAGE);
        PolicyGate gate =
                gate(
                        """
                        default = "reject"
                        [[rule]]
                        repository = "docker.io/library"
                        action = "require-signature"
                        keys = ["team.pub"]
                        """);
        gate.admit(nginx);
        assertDoesNotThrow(() -> gate.verify(nginx, IMAGE, repository));
    }

    @Test
    void longestPrefixDecidesByWholeComponents() throws Exception {
        PolicyGate gate =
                gate(
                        """
                        default = "reject"
                        [[rule]]
                        repository = "reg.example.com"
                        action = "accept"
                        [[rule]]
                        repository = "reg.example.com/team"
                        action = "reject"
                        reason = "moved to reg.example.com/new"
                        """);
        gate.admit(ImageReference.parse("reg.example.com/teamwork/app"));
        Failure team = assertThrows(Failure.class, () -> gate.admit(APP));
        assertTrue(
                team.message().contains("rule \"reg.example.com/team\"")
                        && team.message().contains("moved to reg.example.com/new"),
                team.message());
        Failure other =
                assertThrows(Failure.class, () -> gate.admit(ImageReference.parse("nginx")));
        assertTrue(other.message().contains("the default ("), other.message());
    }

    @Test
    void changedFileAndKeyAreReadAgain() throws Exception {
        PolicyGate gate = signed();
        sign(signer, APP.name(), IMAGE);
        repository.tagged(IMAGE);
        gate.verify(APP, IMAGE, repository);
        Path key = Signer.ecdsa().writePublicKey(directory.resolve("team.pub"));
        Files.setLastModifiedTime(key, FileTime.from(Instant.now().plusSeconds(5)));
        assertTrue(refusal(gate).message().contains("by another key"));
        Files.delete(key);
        Failure missing = assertThrows(Failure.class, () -> gate.verify(APP, IMAGE, repository));
        assertEquals(Failure.Code.FAILED_PRECONDITION, missing.code(), missing.message());
        assertTrue(missing.message().contains("team.pub"), missing.message());
    }

    @Test
    void fileThatVanishesOrBreaksLetsNothingThrough() throws Exception {
        PolicyGate gate = gate("default = \"accept\"\n");
        gate.admit(APP);
        Files.writeString(directory.resolve("policy.toml"), "default = \"akzept\"\n");
        Files.setLastModifiedTime(
                directory.resolve("policy.toml"), FileTime.from(Instant.now().plusSeconds(5)));
        assertEquals(
                Failure.Code.FAILED_PRECONDITION,
                assertThrows(Failure.class, () -> gate.admit(APP)).code());
        Files.delete(directory.resolve("policy.toml"));
        assertEquals(
                Failure.Code.FAILED_PRECONDITION,
                assertThrows(Failure.class, () -> gate.admit(APP)).code());
    }

    @ParameterizedTest
    @CsvSource({
        "EC, 256, SHA256withECDSA",
        "EC, 384, SHA384withECDSA",
        "EC, 384, SHA256withECDSA",
        "EC, 521, SHA512withECDSA",
        "RSA, 2048, SHA256withRSA",
        "Ed25519, 0, Ed25519"
    })
    void keysOfEveryKind(String algorithm, int size, String scheme) throws Exception {
        Signer other = Signer.of(algorithm, size, scheme);
        VerificationKey key = VerificationKey.parse("k", other.pem());
        byte[] data = Signer.payload("x", IMAGE);
        byte[] signature = other.sign(data);
        assertTrue(key.verifies(data, signature));
        data[0] ^= 1;
        assertEquals(false, key.verifies(data, signature));
        assertEquals(false, key.verifies(data, new byte[] {1, 2, 3}));
    }

    @Test
    void badKeysAreNamed() throws Exception {
        String weak = Signer.of("RSA", 1024, "SHA256withRSA").pem();
        for (String pem : new String[] {"", "nothing", weak, weak.replace("MI", "AA")}) {
            Failure failure =
                    assertThrows(Failure.class, () -> VerificationKey.parse("team.pub", pem));
            assertTrue(failure.message().startsWith("team.pub "), failure.message());
        }
    }
}
