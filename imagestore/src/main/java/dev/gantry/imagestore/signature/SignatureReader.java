package dev.gantry.imagestore.signature;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.imagestore.manifest.Json;
import dev.gantry.imagestore.registry.Document;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the signatures of an image where cosign leaves them: under the tag {@code sha256-HEX.sig},
 * and in manifests that refer to it. What is no signature, or cannot be read, is passed over with a
 * remark: anybody who may write to the repository can put it there.
 */
final class SignatureReader {
    private static final Logger LOG = LoggerFactory.getLogger(SignatureReader.class);

    /** Of one image; who needs more is not signing but flooding. */
    private static final int MAX_SIGNATURES = 64;

    private static final int MAX_BYTES = 1 << 20;

    private final RemoteSignatures remote;
    private final List<SignedClaim> claims = new ArrayList<>();

    private SignatureReader(RemoteSignatures remote) {
        this.remote = remote;
    }

    /** All that claim to be signatures of the image with this digest. */
    static List<SignedClaim> of(RemoteSignatures remote, Digest image) {
        SignatureReader reader = new SignatureReader(remote);
        remote.byTag("%s-%s.sig".formatted(image.algorithm(), image.hex())).ifPresent(reader::read);
        for (Digest referrer : remote.referrers(image)) {
            if (reader.claims.size() < MAX_SIGNATURES) {
                reader.read(remote.manifest(referrer));
            }
        }
        return reader.claims;
    }

    private void read(Document manifest) {
        String what = "signature manifest " + manifest.digest();
        try {
            for (JsonNode layer : Json.array(Json.object(manifest.body(), what), "layers")) {
                if (claims.size() < MAX_SIGNATURES) {
                    layer(layer).ifPresent(claims::add);
                }
            }
        } catch (Failure e) {
            if (e.code() != Failure.Code.INVALID_ARGUMENT && e.code() != Failure.Code.DATA_LOSS) {
                throw e;
            }
            LOG.atWarn()
                    .addKeyValue("manifest", manifest.digest())
                    .addKeyValue("error", e.message())
                    .log("what may be a signature cannot be read");
        }
    }

    private Optional<SignedClaim> layer(JsonNode layer) {
        String type = Json.text(layer, "mediaType");
        String signature =
                Json.textMap(layer, "annotations")
                        .getOrDefault(ClaimParser.SIGNATURE_ANNOTATION, "");
        boolean simple = type.equals(ClaimParser.SIMPLE_SIGNING) && !signature.isEmpty();
        if (!simple && !type.startsWith(ClaimParser.BUNDLE)) {
            return Optional.empty();
        }
        Digest digest = Digest.parse(Json.text(layer, "digest"));
        long size = Json.number(layer, "size");
        if (size > MAX_BYTES) {
            throw Failure.invalid("signature %s has %d bytes".formatted(digest, size));
        }
        byte[] body = remote.blob(digest, size);
        return simple
                ? Optional.of(ClaimParser.simple(body, signature, "signature " + digest))
                : ClaimParser.bundle(body, "signature bundle " + digest);
    }
}
