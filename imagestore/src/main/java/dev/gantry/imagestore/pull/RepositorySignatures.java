package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.registry.Document;
import dev.gantry.imagestore.registry.Referrer;
import dev.gantry.imagestore.registry.RegistryClient;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.imagestore.signature.RemoteSignatures;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An image's signatures in the repository that it is pulled from, asked for as the pull is. */
final class RepositorySignatures implements RemoteSignatures {
    /**
     * Of what refers to an image these may be signatures. Where the registry keeps no list of
     * referrers, cosign 2 writes one in which a bundle has the type of its empty configuration.
     */
    private static final Set<String> TYPES =
            Set.of(
                    "",
                    "application/vnd.dev.cosign.artifact.sig.v1+json",
                    "application/vnd.oci.empty.v1+json");

    private static final String BUNDLE = "application/vnd.dev.sigstore.bundle";

    private final RegistryClient registries;
    private final ImageReference reference;
    private final Optional<RegistryCredentials> credentials;
    private final Repository repository;

    RepositorySignatures(
            RegistryClient registries,
            ImageReference reference,
            Optional<RegistryCredentials> credentials) {
        this.registries = registries;
        this.reference = reference;
        this.credentials = credentials;
        this.repository = registries.repository(reference, credentials);
    }

    @Override
    public Optional<Document> byTag(String tag) {
        ImageReference tagged =
                new ImageReference(
                        reference.registry(),
                        reference.repository(),
                        Optional.of(tag),
                        Optional.empty());
        try {
            Repository signatures = registries.repository(tagged, credentials);
            return Optional.of(signatures.manifest(signatures.resolve()));
        } catch (Failure e) {
            if (e.code() == Failure.Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e.during("ask for signatures");
        }
    }

    @Override
    public List<Digest> referrers(Digest image) {
        try {
            return repository.referrers(image, Optional.empty()).stream()
                    .filter(
                            referrer ->
                                    TYPES.contains(referrer.artifactType())
                                            || referrer.artifactType().startsWith(BUNDLE))
                    .map(Referrer::manifest)
                    .map(manifest -> manifest.digest())
                    .toList();
        } catch (Failure e) {
            if (e.code() == Failure.Code.NOT_FOUND) {
                return List.of();
            }
            throw e.during("ask for signatures");
        }
    }

    @Override
    public Document manifest(Digest digest) {
        return repository.manifest(digest);
    }

    @Override
    public byte[] blob(Digest digest, long size) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        repository.blob(digest, size, stream -> read(digest, size, stream, body));
        return body.toByteArray();
    }

    private static void read(
            Digest digest, long size, InputStream stream, ByteArrayOutputStream body)
            throws IOException {
        body.reset();
        byte[] bytes = stream.readNBytes(Math.toIntExact(size) + 1);
        try {
            byte[] sum = MessageDigest.getInstance(digest.jcaName()).digest(bytes);
            if (!HexFormat.of().formatHex(sum).equals(digest.hex())) {
                throw new Failure(
                        Failure.Code.DATA_LOSS,
                        "signature " + digest + " is not what it should be");
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + digest.jcaName(), e);
        }
        body.writeBytes(bytes);
    }
}
