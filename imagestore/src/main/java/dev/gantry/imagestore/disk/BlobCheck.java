package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.records.Blob;
import dev.gantry.imagestore.records.BlobRecords;
import dev.gantry.imagestore.records.ImageNames;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.ReferrerRecords;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Compares a blob with its digest. */
public final class BlobCheck {
    private final ContentStore content;
    private final BlobRecords blobs;
    private final ImageRecords images;
    private final ImageNames names;
    private final ReferrerRecords referrers;

    public BlobCheck(
            ContentStore content,
            BlobRecords blobs,
            ImageRecords images,
            ImageNames names,
            ReferrerRecords referrers) {
        this.content = content;
        this.blobs = blobs;
        this.images = images;
        this.names = names;
        this.referrers = referrers;
    }

    /** What is wrong with a blob that somebody holds. */
    Optional<Check.Problem> check(Blob blob, boolean repair, LongConsumer read) {
        String problem = problem(blob, read);
        if (problem.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Check.Problem(problem, repair ? repaired(blob) : ""));
    }

    private String problem(Blob blob, LongConsumer read) {
        long size = content.size(blob.digest());
        if (size < 0) {
            return "it is not on disk";
        }
        if (size != blob.size()) {
            return "it has %d bytes instead of %d".formatted(size, blob.size());
        }
        try {
            return content.isSound(blob.digest(), read)
                    ? ""
                    : "its content is not what its digest says";
        } catch (Failure e) {
            return e.message();
        }
    }

    private String repaired(Blob blob) {
        content.delete(blob.digest());
        if (blob.layer()) {
            blobs.here(blob.digest(), false);
            return "removed; the unpacked layer stays, and the blob is fetched again when it is needed";
        }
        Optional<byte[]> known = images.configuration(blob.digest());
        if (known.isPresent() && known.get().length == blob.size()) {
            content.put(blob.digest(), known.get());
            return "written again from the database";
        }
        List<Digest> referred = images.referredToBy(blob.digest());
        List<Digest> users =
                images.usingBlob(blob.digest()).stream()
                        .filter(user -> !referred.contains(user))
                        .toList();
        referred.forEach(referrers::forget);
        users.forEach(names::forget);
        return users.isEmpty()
                ? "removed with the image's referrers; pull it again with them"
                : "removed, and the image with it; pull it again";
    }
}
