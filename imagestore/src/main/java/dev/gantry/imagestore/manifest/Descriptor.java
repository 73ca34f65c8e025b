package dev.gantry.imagestore.manifest;

import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Platform;
import java.util.Map;
import java.util.Optional;

/**
 * What one document says about another piece of content (OCI image specification, descriptor): its
 * media type, digest and size in bytes, its annotations and, in an index, the platform it is for.
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        Optional<Platform> platform,
        Map<String, String> annotations) {
    /** BuildKit's, which says of an entry of an index what it is to another one. */
    private static final String REFERENCE_TYPE = "vnd.docker.reference.type";

    private static final String REFERENCE_DIGEST = "vnd.docker.reference.digest";

    public Descriptor {
        if (size < 0) {
            throw Failure.invalid("descriptor of %s has the size %d".formatted(digest, size));
        }
        annotations = Map.copyOf(annotations);
    }

    /** One without annotations. */
    public Descriptor(String mediaType, Digest digest, long size, Optional<Platform> platform) {
        this(mediaType, digest, size, platform, Map.of());
    }

    /**
     * Whether it is an entry of an index that runs nowhere: BuildKit's attestations of another
     * entry, which it gives an unknown platform.
     */
    public boolean isAttestation() {
        return annotations.getOrDefault(REFERENCE_TYPE, "").equals("attestation-manifest")
                || platform.filter(p -> p.os().equals("unknown")).isPresent();
    }

    /** Whether it attests something of the manifest. */
    public boolean attests(Digest manifest) {
        return isAttestation()
                && annotations.getOrDefault(REFERENCE_DIGEST, "").equals(manifest.toString());
    }
}
