package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.manifest.Machine;
import dev.gantry.imagestore.manifest.PlatformChoice;
import dev.gantry.imagestore.registry.Document;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the one manifest that a digest means on a platform, through indexes if need be. */
public final class ImageDocuments {
    /** An index of indexes exists in the field; more than that is a trap. */
    private static final int MAX_DEPTH = 4;

    private final ContentStore content;
    private final Machine machine;

    ImageDocuments(ContentStore content, Machine machine) {
        this.content = content;
        this.machine = machine;
    }

    /**
     * A manifest.
     *
     * @param platformChosen whether an index vouched for its platform
     * @param documents it and the indexes that led to it, with their sizes in bytes
     */
    record Found(
            Digest digest,
            ImageDocument.Manifest manifest,
            boolean platformChosen,
            Map<Digest, Long> documents) {}

    Found find(Repository repository, Retries retries, Digest resolved, Holds.Hold hold) {
        Map<Digest, Long> documents = new LinkedHashMap<>();
        Digest digest = resolved;
        Optional<Descriptor> descriptor = Optional.empty();
        boolean chosen = false;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            hold.blob(digest);
            Document document = load(repository, retries, digest, descriptor);
            documents.put(digest, (long) document.size());
            ImageDocument parsed =
                    DocumentParser.parse(
                            document.body(), document.mediaType(), "manifest " + digest);
            switch (parsed) {
                case ImageDocument.Manifest manifest -> {
                    return new Found(digest, manifest, chosen, documents);
                }
                case ImageDocument.Index index -> {
                    Descriptor choice = choose(index.manifests(), digest);
                    chosen |= choice.platform().isPresent();
                    descriptor = Optional.of(choice);
                    digest = choice.digest();
                }
            }
        }
        throw Failure.invalid(
                "index %s is nested more than %d deep".formatted(resolved, MAX_DEPTH));
    }

    private Descriptor choose(List<Descriptor> entries, Digest index) {
        return PlatformChoice.choose(entries, machine)
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "index %s has no image for this node, which is %s, only for %s"
                                                .formatted(
                                                        index,
                                                        machine,
                                                        PlatformChoice.offers(entries))));
    }

    /**
     * A document that is here now, fetched if need be, of the size that its descriptor says; the
     * caller holds it.
     */
    Document load(
            Repository repository,
            Retries retries,
            Digest digest,
            Optional<Descriptor> descriptor) {
        long stored = content.size(digest);
        Document document =
                stored >= 0 && stored <= DocumentParser.MAX_BYTES
                        ? new Document(digest, "", content.read(digest, DocumentParser.MAX_BYTES))
                        : retries.run("manifest " + digest, () -> repository.manifest(digest));
        long expected = descriptor.map(Descriptor::size).orElse((long) document.size());
        if (document.size() != expected) {
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "manifest %s has %d bytes, what names it says %d"
                            .formatted(digest, document.size(), expected));
        }
        if (stored < 0) {
            content.put(digest, document.body());
        }
        return document;
    }
}
