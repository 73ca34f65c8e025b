package dev.gantry.imagestore.signature;

import dev.gantry.imagestore.registry.Document;
import dev.gantry.model.Digest;
import java.util.List;
import java.util.Optional;

/** Where an image's signatures are read from: its own repository. */
public interface RemoteSignatures {
    /** What a tag of the image's repository points to; empty when there is no such tag. */
    Optional<Document> byTag(String tag);

    /** The manifests that name the image as their subject. */
    List<Digest> referrers(Digest image);

    /** A manifest by its digest. */
    Document manifest(Digest digest);

    /** A blob of at most a few kilobytes, verified. */
    byte[] blob(Digest digest, long size);
}
