package dev.gantry.imagestore.push;

import dev.gantry.imagestore.ImageReferrer;
import dev.gantry.imagestore.PushProgress;
import dev.gantry.imagestore.PushProgress.State;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.BlobSource;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.records.BlobRecords;
import dev.gantry.imagestore.registry.PushTarget;
import dev.gantry.imagestore.registry.RegistryClient;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes one image under one of its names: blobs first, several at a time, then manifests, then the
 * index that names them; every document byte for byte as it was pulled or made.
 */
public final class ImagePush {
    private static final Logger LOG = LoggerFactory.getLogger(ImagePush.class);

    private final ContentStore content;
    private final BlobRecords records;
    private final PushedDigests digests;
    private final RegistryClient registries;
    private final Holds holds;
    private final int parallel;

    /**
     * @param parallel blobs of one push that are sent at a time
     */
    public ImagePush(
            ContentStore content,
            Database database,
            RegistryClient registries,
            Holds holds,
            int parallel) {
        this.content = content;
        this.records = new BlobRecords(database);
        this.digests = new PushedDigests(database);
        this.registries = registries;
        this.holds = holds;
        this.parallel = parallel;
    }

    /**
     * Pushes and returns the digest that the name then has at the registry: that of the index when
     * the image came with one and its other platforms are here or there; of an index of those
     * platforms that are here when there are several of them; and else of the one manifest.
     *
     * @param image the image that the name has here
     * @param along what refers to the image; it is pushed after what it is about, and left out when
     *     that is not pushed
     */
    public Digest push(
            Digest image,
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            List<ImageReferrer> along,
            Consumer<PushProgress> listener) {
        long started = System.nanoTime();
        PushTarget target = registries.pushTarget(reference, credentials);
        try (Holds.Hold hold = holds.open()) {
            Choice choice = choose(image, reference, target, hold);
            PushPlan plan = choice.plan();
            var progress = new PushListener(listener);
            plan.documents().forEach(d -> progress.state(d.digest(), State.WAITING, d.size()));
            plan.blobs().forEach((digest, size) -> progress.state(digest, State.WAITING, size));
            var dropped = new BlobSource(content, records, fetch(reference, credentials));
            var blobs = new BlobPush(content, records, dropped, target, reference);
            Concurrently.each(
                    plan.blobs().entrySet(),
                    parallel,
                    blob -> blobs.push(blob.getKey(), blob.getValue(), hold, progress));
            Digest root = documents(choice, reference, target, progress);
            new ReferrersPush(content, blobs, target, parallel)
                    .push(along, pushed(choice, root), hold, progress);
            LOG.atInfo()
                    .addKeyValue("image", reference)
                    .addKeyValue("digest", root)
                    .addKeyValue("ms", (System.nanoTime() - started) / 1_000_000)
                    .log("image pushed");
            return root;
        }
    }

    private static Set<Digest> pushed(Choice choice, Digest root) {
        Set<Digest> digests = new HashSet<>();
        choice.plan().documents().forEach(document -> digests.add(document.digest()));
        if (choice.reduced().isPresent()) {
            digests.remove(choice.plan().root().digest());
        }
        digests.add(root);
        return digests;
    }

    /** The caller's credentials are for the registry that is pushed to, and for no other. */
    private BlobSource.Fetch fetch(
            ImageReference target, Optional<RegistryCredentials> credentials) {
        return (repository, digest, size) -> {
            ImageReference origin = ImageReference.parse(repository + "@" + digest);
            boolean same = origin.registry().equals(target.registry());
            registries
                    .repository(origin, same ? credentials : Optional.empty())
                    .blob(digest, size, stream -> content.ingest(digest, size, stream));
        };
    }

    /** A plan, and the index that is pushed in place of its root when that would not hold. */
    private record Choice(PushPlan plan, Optional<ReducedIndex> reduced) {}

    private Choice choose(
            Digest image, ImageReference reference, PushTarget target, Holds.Hold hold) {
        Digest manifest =
                digests.manifest(image)
                        .orElseThrow(() -> Failure.notFound("image " + image + " is not here"));
        Digest root = reference.digest().orElseGet(() -> rootOf(image, reference, manifest));
        hold.blob(root);
        PushPlan plan = PushPlan.of(content, root);
        plan.documents().forEach(document -> hold.blob(document.digest()));
        plan.blobs().keySet().forEach(hold::blob);
        boolean whole =
                plan.absent().stream().allMatch(child -> target.hasManifest(child.digest()));
        if (whole) {
            return new Choice(plan, Optional.empty());
        }
        if (reference.digest().isPresent()) {
            throw Failure.precondition(
                    "index %s cannot be pushed: neither here nor there are %s"
                            .formatted(root, names(plan.absent())));
        }
        return plan.manifests() > 1
                ? new Choice(plan, Optional.of(ReducedIndex.of(content, plan)))
                : new Choice(PushPlan.of(content, manifest), Optional.empty());
    }

    /** What the name led to when it was pulled, as far as that is known. */
    private Digest rootOf(Digest image, ImageReference reference, Digest manifest) {
        List<Digest> known =
                digests.of(image, reference).stream()
                        .filter(digest -> content.size(digest) >= 0)
                        .toList();
        return known.size() == 1 ? known.getFirst() : manifest;
    }

    private Digest documents(
            Choice choice, ImageReference reference, PushTarget target, PushListener progress) {
        PushPlan plan = choice.plan();
        String name = reference.tag().orElse("");
        for (PushPlan.Entry document : plan.documents()) {
            boolean root = document.equals(plan.root());
            if (root && choice.reduced().isPresent()) {
                break;
            }
            byte[] body = content.read(document.digest(), DocumentParser.MAX_BYTES);
            boolean named = root && reference.digest().isEmpty();
            target.manifest(
                    named ? name : document.digest().toString(),
                    document.digest(),
                    document.mediaType(),
                    body);
            progress.state(document.digest(), State.SENT, document.size());
        }
        if (choice.reduced().isEmpty()) {
            return plan.root().digest();
        }
        ReducedIndex index = choice.reduced().get();
        target.manifest(name, index.digest(), plan.root().mediaType(), index.body());
        return index.digest();
    }

    private static String names(List<Descriptor> absent) {
        return absent.stream()
                .limit(8)
                .map(
                        child ->
                                child.platform().map(p -> p + " ").orElse("")
                                        + "("
                                        + child.digest()
                                        + ")")
                .collect(Collectors.joining(", "));
    }

    /** Reads content from a byte on. */
    static InputStream open(ContentStore content, Digest digest, long from) throws IOException {
        InputStream stream = content.open(digest);
        try {
            stream.skipNBytes(from);
            return stream;
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }
}
