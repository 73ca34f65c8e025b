package dev.gantry.imagestore;

import dev.gantry.imagestore.archive.Decompression;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.BlobCheck;
import dev.gantry.imagestore.disk.BlobSource;
import dev.gantry.imagestore.disk.Check;
import dev.gantry.imagestore.disk.Garbage;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.disk.LayerCheck;
import dev.gantry.imagestore.disk.LayerMounts;
import dev.gantry.imagestore.disk.Recovery;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.exchange.ArchiveLoader;
import dev.gantry.imagestore.exchange.ArchiveSaver;
import dev.gantry.imagestore.exchange.ImageMaker;
import dev.gantry.imagestore.layers.ApplyLimits;
import dev.gantry.imagestore.layers.LayeredFiles;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.Machine;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.pull.LayerStore;
import dev.gantry.imagestore.pull.Puller;
import dev.gantry.imagestore.pull.Pulls;
import dev.gantry.imagestore.push.ImagePush;
import dev.gantry.imagestore.records.BlobRecords;
import dev.gantry.imagestore.records.ImageKinds;
import dev.gantry.imagestore.records.ImageLookup;
import dev.gantry.imagestore.records.ImageNames;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.ImageSchema;
import dev.gantry.imagestore.records.KeptImages;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.imagestore.records.LayerSeals;
import dev.gantry.imagestore.records.ReferrerRecords;
import dev.gantry.imagestore.records.UsageRecords;
import dev.gantry.imagestore.registry.RegistryClient;
import dev.gantry.imagestore.rootfs.VolumeLayers;
import dev.gantry.imagestore.rootfs.WritableLayers;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Observer;
import dev.gantry.state.Database;
import dev.gantry.state.Migration;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of this node and the writable layers of its containers.
 *
 * <p>Safe for many threads. A pull of what is being pulled joins it. Every failure is a {@link
 * Failure} that names the registry and what was asked of it.
 */
public final class ImageStore {
    private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);

    private final StoreLayout layout;
    private final LayerMounts mounts;
    private final ContentStore content;
    private final ImageRecords records;
    private final ImageLookup lookup;
    private final ImageNames names;
    private final ReferrerRecords referrers;
    private final UsageRecords used;
    private final KeptImages kept;
    private final Pulls pulls;
    private final Garbage garbage;
    private final Check check;
    private final ArchiveLoader loader;
    private final ArchiveSaver saver;
    private final WritableLayers writable;
    private final ContainerLayers containers;
    private final ImagePush pusher;
    private final ImageMaker maker;
    private final RegistryClient registries;

    private ImageStore(ImageStoreSettings settings, Database database, Observer observer)
            throws IOException {
        this.layout = new StoreLayout(settings.root());
        layout.prepare();
        this.content = new ContentStore(layout.content(), layout.tmp());
        this.records = new ImageRecords(database, settings.storage()::pins);
        this.lookup = new ImageLookup(records);
        this.referrers = new ReferrerRecords(database);
        this.used = new UsageRecords(database);
        this.kept = new KeptImages(database);
        this.names = new ImageNames(database, records);
        this.mounts = new LayerMounts(layout, settings.layers());
        LayerStore layers =
                new LayerStore(layout, mounts, content, records, settings.pulls().unpacks());
        Holds holds = new Holds();
        this.registries = new RegistryClient(settings.registries());
        Puller puller =
                new Puller(
                        settings,
                        registries,
                        content,
                        records,
                        names,
                        referrers,
                        layers,
                        holds,
                        observer);
        this.pusher =
                new ImagePush(content, database, registries, holds, settings.pulls().downloads());
        this.garbage =
                new Garbage(
                        layout,
                        content,
                        database,
                        layers,
                        holds,
                        settings.storage().keepBlobs(),
                        observer);
        BlobRecords blobs = new BlobRecords(database);
        BlobSource source = new BlobSource(content, blobs, puller::fetch);
        this.check =
                new Check(
                        blobs,
                        records,
                        new BlobCheck(content, blobs, records, names, referrers),
                        new LayerCheck(
                                layout,
                                content,
                                records,
                                names,
                                new LayerSeals(database),
                                layers,
                                source),
                        holds);
        this.saver = new ArchiveSaver(content, records, source, holds);
        this.loader =
                new ArchiveLoader(
                        layout,
                        Machine.of(settings.platform()),
                        content,
                        names,
                        layers,
                        holds,
                        ApplyLimits.DEFAULT);
        this.writable =
                new WritableLayers(layout, mounts, database, holds, settings.storage().writable());
        this.containers =
                new ContainerLayers(
                        writable,
                        new VolumeLayers(mounts, database),
                        () -> {
                            if (records.hasUnusedLayers()) {
                                garbage.collect();
                            }
                        });
        this.maker =
                new ImageMaker(layout, settings.platform(), content, records, names, layers, holds);
        new ImageKinds(database, content).fill();
        new Recovery(mounts, content, layers, records, names, blobs, holds, referrers).run();
        Duration keepPartial = settings.pulls().keepPartial();
        content.forgetPartials(keepPartial);
        this.pulls =
                new Pulls(
                        puller,
                        records,
                        () -> {
                            garbage.dropUnpacked();
                            content.forgetPartials(keepPartial);
                        },
                        observer);
        garbage.collectLayers();
        writable.sweep();
    }

    /**
     * Opens the store below {@code settings.root()}: clears what a killed daemon left half made,
     * has lost layers unpacked again in the background, and forgets, with a warning, images whose
     * content is no longer complete.
     */
    public static ImageStore open(ImageStoreSettings settings, Database database) {
        return open(settings, database, Observer.NONE);
    }

    /** As {@link #open(ImageStoreSettings, Database)}, with somebody who hears of pulls. */
    public static ImageStore open(
            ImageStoreSettings settings, Database database, Observer observer) {
        try {
            return new ImageStore(settings, database, observer);
        } catch (IOException e) {
            throw StoreLayout.failure("open the image store " + settings.root(), e);
        }
    }

    /** The tables of this room; give them to {@link Database#open}. */
    public static List<Migration> migrations() {
        return ImageSchema.MIGRATIONS;
    }

    /**
     * Makes the image of a reference present and returns it. The registry is always asked what the
     * reference means (so a caller without access is refused even when the image is here), and only
     * what is missing is fetched. NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, UNAVAILABLE and
     * DEADLINE_EXCEEDED say what the registry did, DATA_LOSS that content is not what its digest
     * says.
     */
    public Image pull(ImageReference reference, Optional<RegistryCredentials> credentials) {
        return pull(reference, credentials, _ -> {});
    }

    /**
     * The same, with somebody who hears how it goes on; he is called by one thread at a time and
     * holds up nothing but this call, which returns when he has heard all. A pull that is joined is
     * told from how it stands. When the caller is interrupted, the call ends with CANCELLED, and
     * the pull with it unless others wait for it; what was fetched stays for the next one.
     */
    public Image pull(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            Consumer<PullProgress> listener) {
        return pull(reference, credentials, false, listener);
    }

    /**
     * The same with what refers to the image: signatures, SBOMs, attestations, one level deep. They
     * are verified and kept as the image's, and replace those of a former pull. When they cannot be
     * had the pull fails, and the image is here all the same.
     *
     * @param referrers whether to; the store may be set to try it at every pull
     */
    public Image pull(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean referrers,
            Consumer<PullProgress> listener) {
        return pulls.pull(reference, credentials, referrers, listener);
    }

    /** What refers to an image and was pulled with it. NOT_FOUND when the image is not here. */
    public List<ImageReferrer> referrers(String nameOrId) {
        return referrers.of(lookup.required(nameOrId));
    }

    /**
     * Sends an image to the registry of one of its names, and returns the digest that the name has
     * there then. What is there is not sent again; documents are sent byte for byte. NOT_FOUND when
     * the image is not here; UNAUTHENTICATED, PERMISSION_DENIED, UNAVAILABLE and the like say what
     * the registry did.
     *
     * @param reference a tag or a digest that the image has here
     * @param listener hears how it goes on, one word at a time
     */
    public Digest push(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            Consumer<PushProgress> listener) {
        return push(reference, credentials, false, listener);
    }

    /**
     * The same with what refers to the image and was pulled with it, as far as its subject is what
     * is pushed.
     */
    public Digest push(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean withReferrers,
            Consumer<PushProgress> listener) {
        try {
            Digest image =
                    lookup.id(reference.toString())
                            .orElseThrow(() -> Failure.notFound("no image here has that name"));
            List<ImageReferrer> along = withReferrers ? referrers.of(image) : List.of();
            Digest pushed = pusher.push(image, reference, credentials, along, listener);
            names.rename(image, reference, pushed);
            return pushed;
        } catch (Failure e) {
            throw e.during("push " + reference);
        }
    }

    /**
     * Finds by reference ({@code nginx}, {@code host/name:tag}, {@code host/name@sha256:…}), by id
     * ({@code sha256:<hex>} or the hex alone) or by a prefix of an id that fits one image only.
     */
    public Optional<Image> find(String nameOrId) {
        return lookup.find(nameOrId);
    }

    /** All images, ordered by id. */
    public List<Image> list() {
        return records.all();
    }

    /**
     * Removes as CRI RemoveImage does; nothing there is no error. An id removes the image with all
     * its references; a tag removes the tag, and the image once no reference is left. Containers
     * made from it keep their layers until {@link ContainerLayers#discard}.
     */
    public void remove(String nameOrId) {
        Optional<Digest> id = lookup.id(nameOrId);
        if (id.isEmpty()) {
            return;
        }
        Optional<ImageReference> name = lookup.name(nameOrId, id.get());
        if (name.isPresent()) {
            names.unname(name.get(), id.get());
        } else {
            names.forget(id.get());
        }
        garbage.collect();
        LOG.atInfo()
                .addKeyValue("image", nameOrId)
                .addKeyValue("id", id.get())
                .log("image removed");
    }

    /**
     * What images take, as recorded, and what was last measured of writable layers; nothing is
     * walked by this call, but what was measured long ago is measured again in the background.
     */
    public DiskUsage usage() {
        return writable.usageWith(used.total(layout.root()));
    }

    /** What each image takes, ordered by id, from records. */
    public List<ImageUsage> imagesUsage() {
        Set<Digest> pinned =
                records.all().stream()
                        .filter(Image::pinned)
                        .map(Image::id)
                        .collect(Collectors.toSet());
        return used.images().stream()
                .map(s -> new ImageUsage(s.id(), s.unique(), s.shared(), pinned.contains(s.id())))
                .toList();
    }

    /** What one image takes, by any of its names. NOT_FOUND when it is not here. */
    public ImageUsage usage(String nameOrId) {
        Digest id = lookup.required(nameOrId);
        return imagesUsage().stream()
                .filter(usage -> usage.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("image " + nameOrId + " was removed"));
    }

    /**
     * Gives an image one more tag; an image that had the tag loses it. NOT_FOUND when the image is
     * not here.
     */
    public void tag(String nameOrId, ImageReference tag) {
        if (tag.digest().isPresent()) {
            throw Failure.invalid("tag " + tag + ": a name to give has no digest in it");
        }
        names.tag(lookup.required(nameOrId), tag);
    }

    /**
     * Pins an image, so that kubelet never collects it, or no longer pins it by itself (a name may
     * still do: {@link StoragePolicy#pinned}). NOT_FOUND when the image is not here.
     */
    public void pin(String nameOrId, boolean pinned) {
        names.pin(lookup.required(nameOrId), pinned);
    }

    /**
     * Records that a person wants an image here, by the name that is given, or by none when an id
     * is. A name takes the mark along when it moves to another image, and away when it is removed.
     * NOT_FOUND when the image is not here.
     */
    public void keep(String nameOrId) {
        Digest id = lookup.required(nameOrId);
        kept.keep(id, lookup.name(nameOrId, id));
    }

    /** The images that people want here. */
    public Set<Digest> kept() {
        return kept.ids();
    }

    /**
     * Stores the images of an archive: an OCI layout or what {@code docker save} writes, as it is
     * or compressed. Reads the stream to its end. What it holds for other platforms is left out.
     * INVALID_ARGUMENT and DATA_LOSS say what is wrong with the archive, RESOURCE_EXHAUSTED which
     * bound it is over; images before the one that is refused stay.
     */
    public List<LoadedImage> load(InputStream archive) {
        return loader.load(archive);
    }

    /**
     * Writes images to one archive, each under the name that it is asked for by. What was dropped
     * after unpacking is fetched again before the first byte is written: UNAVAILABLE when that
     * cannot be done. NOT_FOUND when an image is not here.
     */
    public void save(List<String> namesOrIds, ArchiveFormat format, OutputStream to) {
        if (namesOrIds.isEmpty()) {
            throw Failure.invalid("save: no image is named");
        }
        Map<Digest, List<ImageReference>> images = new LinkedHashMap<>();
        for (String text : namesOrIds) {
            Digest id = lookup.required(text);
            List<ImageReference> tags = images.computeIfAbsent(id, i -> new ArrayList<>());
            lookup.name(text, id).filter(name -> name.digest().isEmpty()).ifPresent(tags::add);
        }
        try {
            saver.save(images, format, to);
        } finally {
            garbage.dropUnpacked();
        }
    }

    /** Asks a registry whether it takes credentials; UNAUTHENTICATED when it does not. */
    public void login(String registry, RegistryCredentials credentials) {
        registries.login(registry, credentials);
    }

    /** An image with its documents; NOT_FOUND when it is not here. */
    public StoredImage stored(String nameOrId) {
        Digest id = lookup.required(nameOrId);
        Failure gone = Failure.notFound("image " + nameOrId + " was removed");
        Digest manifest = records.manifest(id).orElseThrow(() -> gone);
        return new StoredImage(
                records.byId(id).orElseThrow(() -> gone),
                records.configuration(id).orElseThrow(() -> gone),
                content.read(manifest, DocumentParser.MAX_BYTES),
                manifest,
                records.layersOf(id).stream().map(Layer::bytes).toList());
    }

    /**
     * Makes an image of a container's writable layer on top of the image that it was made of.
     * FAILED_PRECONDITION or NOT_FOUND when that image is no longer here.
     */
    public Image commit(String containerId, Digest below, ImageRequest request) {
        return maker.make(Optional.of(below), request, to -> containers.export(containerId, to));
    }

    /** Makes an image of one layer: a tar archive, as it is or compressed. */
    public Image importLayer(InputStream archive, ImageRequest request) {
        return maker.make(
                Optional.empty(),
                request,
                to -> {
                    try (InputStream plain = Decompression.open(archive, MediaTypes.OCI_LAYER)) {
                        plain.transferTo(to);
                    }
                });
    }

    /**
     * Reads everything that is stored and compares it with what was recorded, beside all other work
     * and at the disk's idle priority. A blob is compared with its digest. An unpacked layer is
     * compared with what its blob unpacks to, when that is here, and later with what it was found
     * to be then; the first check of a layer without its blob only sees that it can be read.
     *
     * @param repair whether what is damaged is made anew from what is here or in the registry, or
     *     else removed, so that the next pull brings it; a layer that a container lies on is left
     * @param listener hears of the progress and of each finding, on a thread of the check's
     * @throws Failure FAILED_PRECONDITION when another check runs, CANCELLED on an interrupt
     */
    public CheckResult check(boolean repair, Consumer<CheckEvent> listener) {
        try {
            return check.run(repair, listener);
        } finally {
            if (repair) {
                garbage.collect();
            }
        }
    }

    /** What containers have of the store. */
    public ContainerLayers containers() {
        return containers;
    }

    /**
     * Reads a file as a container of the image would see it: through whiteouts and symlinks, which
     * stay inside. Empty when there is no such regular file; RESOURCE_EXHAUSTED when it is longer
     * than {@code limit} bytes, NOT_FOUND when the image is not here.
     */
    public Optional<byte[]> readFile(Digest imageId, String path, int limit) {
        return LayeredFiles.read(layers(imageId), path, limit);
    }

    /** The files of an image's layers, the topmost first. NOT_FOUND when it is not here. */
    public List<Path> layers(Digest imageId) {
        return writable.directories(imageId).stream().map(mounts::files).toList();
    }
}
