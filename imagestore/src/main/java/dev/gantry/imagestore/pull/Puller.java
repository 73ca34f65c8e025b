package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageStoreSettings;
import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.PullSettings;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.manifest.ConfigParser;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.Machine;
import dev.gantry.imagestore.manifest.PlatformChoice;
import dev.gantry.imagestore.records.Blob;
import dev.gantry.imagestore.records.ImageNames;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.imagestore.records.ReferrerRecords;
import dev.gantry.imagestore.registry.RegistryClient;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.imagestore.signature.PolicyGate;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileSync;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageConfig;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Observer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pulls one image: resolve, manifest, configuration, layers, sync, record. The record is the commit
 * point; whatever was fetched before a failure stays for the next attempt.
 */
public final class Puller {
    private static final Logger LOG = LoggerFactory.getLogger(Puller.class);

    private final StoreLayout layout;
    private final Machine machine;
    private final RegistryClient registries;
    private final PolicyGate policy;
    private final ContentStore content;
    private final ImageRecords records;
    private final ImageNames names;
    private final LayerStore layers;
    private final Holds holds;
    private final PullSettings pulls;
    private final BlobFetcher fetcher;
    private final ImageDocuments documents;
    private final ArtifactTree artifacts;
    private final ReferrersAlong referrers;

    public Puller(
            ImageStoreSettings settings,
            RegistryClient registries,
            ContentStore content,
            ImageRecords records,
            ImageNames names,
            ReferrerRecords referrers,
            LayerStore layers,
            Holds holds,
            Observer observer) {
        this.layout = new StoreLayout(settings.root());
        this.machine = Machine.of(settings.platform());
        this.registries = registries;
        this.policy = new PolicyGate(settings.policyFile());
        this.content = content;
        this.records = records;
        this.names = names;
        this.layers = layers;
        this.holds = holds;
        this.pulls = settings.pulls();
        this.fetcher = new BlobFetcher(content, settings, observer);
        this.documents = new ImageDocuments(content, machine);
        this.artifacts = new ArtifactTree(content, layers);
        this.referrers =
                new ReferrersAlong(
                        content,
                        records,
                        referrers,
                        documents,
                        fetcher,
                        holds,
                        settings.storage().referrers());
    }

    /**
     * Pulls, and lets the tracker show how it goes on.
     *
     * @param withReferrers whether what refers to the image has to come, too
     */
    Image pull(
            PullTracker tracker, Optional<RegistryCredentials> credentials, boolean withReferrers) {
        ImageReference reference = tracker.reference();
        Retries retries = new Retries(pulls, tracker.retries());
        long started = System.nanoTime();
        policy.admit(reference);
        Repository repository = registries.repository(reference, credentials);
        Digest resolved = retries.run("resolve " + reference, repository::resolve);
        retries.run(
                "ask for signatures of " + reference,
                () -> {
                    policy.verify(
                            reference,
                            resolved,
                            new RepositorySignatures(registries, reference, credentials));
                    return resolved;
                });
        Optional<Image> here =
                records.idOfRepoDigest(reference.withDigest(resolved))
                        .flatMap(id -> names.rename(id, reference, resolved));
        if (here.isPresent()) {
            referrers.pull(here.get(), reference, repository, resolved, retries, withReferrers);
            LOG.atInfo()
                    .addKeyValue("image", reference)
                    .addKeyValue("id", here.get().id())
                    .addKeyValue("ms", (System.nanoTime() - started) / 1_000_000)
                    .log("image is up to date");
            return here.get();
        }
        Image image = fetch(tracker, retries, repository, resolved);
        referrers.pull(image, reference, repository, resolved, retries, withReferrers);
        LOG.atInfo()
                .addKeyValue("image", reference)
                .addKeyValue("id", image.id())
                .addKeyValue("bytes", image.size())
                .addKeyValue("ms", (System.nanoTime() - started) / 1_000_000)
                .log("image pulled");
        return image;
    }

    /** Brings a blob of a repository, as {@code registry/name}, into the content store. */
    public void fetch(String repository, Digest blob, long size) {
        ImageReference reference = ImageReference.parse(repository);
        fetcher.fetch(
                registries.repository(reference, Optional.empty()),
                new Descriptor("", blob, size, Optional.empty()));
    }

    private Image fetch(
            PullTracker tracker, Retries retries, Repository repository, Digest resolved) {
        try (Holds.Hold hold = holds.open();
                ProgressLog _ = ProgressLog.start(tracker)) {
            ImageDocuments.Found found = documents.find(repository, retries, resolved, hold);
            return fetch(tracker, repository, resolved, found, hold);
        }
    }

    private Image fetch(
            PullTracker tracker,
            Repository repository,
            Digest resolved,
            ImageDocuments.Found found,
            Holds.Hold hold) {
        if (found.manifest().isArtifact()) {
            return artifact(tracker, repository, resolved, found, hold);
        }
        Descriptor configBlob = found.manifest().config();
        hold.blob(configBlob.digest());
        byte[] configBytes = config(repository, configBlob);
        ImageConfig config = ConfigParser.parse(configBytes, "config " + configBlob.digest());
        check(found, config);
        tracker.found(progress(found));
        found.manifest().layers().forEach(layer -> hold.blob(layer.digest()));
        LayerPull.chainIds(config.diffIds()).forEach(hold::layer);
        List<Layer> unpacked =
                new LayerPull(repository, fetcher, layers, tracker)
                        .all(found.manifest().layers(), config.diffIds());
        sync();
        Image image =
                names.record(
                        new ImageNames.Complete(
                                configBlob.digest(),
                                found.digest(),
                                found.manifest().kind(),
                                blobs(found),
                                unpacked),
                        configBytes,
                        tracker.reference(),
                        resolved);
        layers.recorded(unpacked);
        return image;
    }

    private Image artifact(
            PullTracker tracker,
            Repository repository,
            Digest resolved,
            ImageDocuments.Found found,
            Holds.Hold hold) {
        tracker.found(progress(found));
        ArtifactPull blobs = new ArtifactPull(content, fetcher, repository);
        blobs.blobs(List.of(found.manifest().config()), hold);
        blobs.layers(found.manifest().layers(), hold, tracker);
        hold.layer(found.digest());
        List<Layer> tree = artifacts.of(found.digest(), found.manifest());
        sync();
        Image image =
                names.record(
                        new ImageNames.Complete(
                                found.digest(),
                                found.digest(),
                                found.manifest().kind(),
                                blobs(found),
                                tree),
                        content.read(found.digest(), DocumentParser.MAX_BYTES),
                        tracker.reference(),
                        resolved);
        layers.recorded(tree);
        return image;
    }

    private static PullProgress.Found progress(ImageDocuments.Found found) {
        return new PullProgress.Found(
                found.digest(),
                found.manifest().layers().stream()
                        .map(l -> new PullProgress.Blob(l.digest(), l.size()))
                        .toList());
    }

    private byte[] config(Repository repository, Descriptor blob) {
        if (blob.size() > ConfigParser.MAX_BYTES) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "config %s has %d bytes, more than 8 MiB"
                            .formatted(blob.digest(), blob.size()));
        }
        fetcher.fetch(repository, blob);
        return content.read(blob.digest(), ConfigParser.MAX_BYTES);
    }

    private void check(ImageDocuments.Found found, ImageConfig config) {
        int layerCount = found.manifest().layers().size();
        if (layerCount != config.diffIds().size()) {
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "manifest %s has %d layers, but its configuration names %d"
                            .formatted(found.digest(), layerCount, config.diffIds().size()));
        }
        boolean says = !config.platform().architecture().isEmpty();
        if (!found.platformChosen() && says && !PlatformChoice.runs(config.platform(), machine)) {
            throw Failure.notFound(
                    "the image is for %s, this machine is %s"
                            .formatted(config.platform(), machine));
        }
    }

    /** A layer's blob is not fetched when its unpacked form was there. */
    private List<Blob> blobs(ImageDocuments.Found found) {
        List<Blob> blobs = new ArrayList<>();
        found.documents().forEach((digest, size) -> blobs.add(new Blob(digest, size, false, true)));
        Descriptor config = found.manifest().config();
        blobs.add(new Blob(config.digest(), config.size(), false, true));
        boolean artifact = found.manifest().isArtifact();
        for (Descriptor layer : found.manifest().layers()) {
            boolean here = content.has(layer.digest(), layer.size());
            blobs.add(new Blob(layer.digest(), layer.size(), !artifact, here));
        }
        return blobs;
    }

    private void sync() {
        try {
            FileSync.fileSystem(layout.layers());
        } catch (ErrnoException e) {
            throw new Failure(
                    Failure.Code.INTERNAL, "cannot sync the layers to disk: " + e.getMessage(), e);
        }
    }
}
