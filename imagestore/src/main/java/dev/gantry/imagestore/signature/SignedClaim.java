package dev.gantry.imagestore.signature;

import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.util.List;
import java.util.Optional;

/**
 * What somebody says about an image, and the signatures under it; nothing of it is believed before
 * one of them was verified.
 */
final class SignedClaim {
    private final byte[] signed;
    private final List<byte[]> signatures;
    private final List<Digest> digests;
    private final Optional<String> identity;

    /**
     * A claim.
     *
     * @param signed the bytes that the signatures are over
     * @param signatures as the key made them
     * @param digests of the image's manifest or index
     * @param identity the repository that it was signed as, without a tag; empty when the
     *     signature's form has none
     */
    SignedClaim(
            byte[] signed,
            List<byte[]> signatures,
            List<Digest> digests,
            Optional<String> identity) {
        this.signed = signed.clone();
        this.signatures = List.copyOf(signatures);
        this.digests = List.copyOf(digests);
        this.identity = identity;
    }

    /** Why this claim does not vouch for an image under a rule; empty when it does. */
    Optional<String> objection(
            PolicyRule.Action.RequireSignature rule, ImageReference reference, Digest resolved) {
        boolean ours =
                rule.keys().stream()
                        .anyMatch(
                                key -> signatures.stream().anyMatch(s -> key.verifies(signed, s)));
        if (!ours) {
            return Optional.of("a signature by another key");
        }
        if (!digests.contains(resolved)) {
            return Optional.of("a signature for other content (" + digests + ")");
        }
        if (!rule.anyIdentity() && identity.isPresent() && !names(identity.get(), reference)) {
            return Optional.of(
                    "a signature for another repository (\"%s\")".formatted(clean(identity.get())));
        }
        return Optional.empty();
    }

    private static boolean names(String identity, ImageReference reference) {
        try {
            return ImageReference.parse(identity).name().equals(reference.name());
        } catch (Failure e) {
            return false; // Not the name of any repository.
        }
    }

    private static String clean(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() > 200 ? printable.substring(0, 200) + "…" : printable;
    }
}
