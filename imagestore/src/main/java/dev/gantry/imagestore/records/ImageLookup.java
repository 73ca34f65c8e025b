package dev.gantry.imagestore.records;

import dev.gantry.imagestore.Image;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which image is meant by what people and kubelet write: a reference, an id, or a prefix of an id
 * that fits one image only.
 */
public final class ImageLookup {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{3,64}");

    private final ImageRecords records;

    public ImageLookup(ImageRecords records) {
        this.records = records;
    }

    /** The image; an id that is whole needs no look for names. */
    public Optional<Image> find(String nameOrId) {
        return wholeId(nameOrId).or(() -> id(nameOrId)).flatMap(records::byId);
    }

    /** The id of an image that has to be here: NOT_FOUND when it is not. */
    public Digest required(String nameOrId) {
        return id(nameOrId)
                .orElseThrow(() -> Failure.notFound("image " + nameOrId + " is not on this node"));
    }

    /** A name goes before a prefix of an id, as in docker: an image may be called "cafe". */
    public Optional<Digest> id(String nameOrId) {
        Optional<Digest> whole = wholeId(nameOrId);
        if (whole.isPresent()) {
            return whole.filter(id -> records.byId(id).isPresent());
        }
        Optional<Digest> named =
                reference(nameOrId)
                        .flatMap(
                                reference ->
                                        reference.digest().isPresent()
                                                ? records.idOfRepoDigest(digestName(reference))
                                                : records.idOfTag(reference.toString()));
        return named.or(
                () ->
                        HEX.matcher(nameOrId).matches()
                                ? records.idOfPrefix(nameOrId)
                                : Optional.empty());
    }

    private static Optional<Digest> wholeId(String text) {
        String hex = text.startsWith("sha256:") ? text.substring(7) : text;
        return hex.matches("[0-9a-f]{64}")
                ? Optional.of(new Digest("sha256", hex))
                : Optional.empty();
    }

    /** The name that the text is, when it is one that leads to the image. */
    public Optional<ImageReference> name(String text, Digest id) {
        if (wholeId(text).isPresent()) {
            return Optional.empty();
        }
        return reference(text)
                .map(
                        reference ->
                                reference.digest().isPresent()
                                        ? ImageReference.parse(digestName(reference))
                                        : reference)
                .filter(
                        reference ->
                                (reference.digest().isPresent()
                                                ? records.idOfRepoDigest(reference.toString())
                                                : records.idOfTag(reference.toString()))
                                        .filter(id::equals)
                                        .isPresent());
    }

    private static String digestName(ImageReference reference) {
        return reference.withDigest(reference.digest().orElseThrow());
    }

    /** What is no reference is not found, rather than an error: kubelet asks for what it knows. */
    private static Optional<ImageReference> reference(String text) {
        try {
            return Optional.of(ImageReference.parse(text));
        } catch (Failure e) {
            return Optional.empty();
        }
    }
}
