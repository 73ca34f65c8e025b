package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.LayerMounts;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.layers.AppliedLayer;
import dev.gantry.imagestore.layers.ApplyLimits;
import dev.gantry.imagestore.layers.LayerApplier;
import dev.gantry.imagestore.layers.LayerForm;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacked layers, each made once and shared by all images that have the same layers up to it. One
 * that is made but not yet recorded is kept in mind for other pulls, and on disk until it is
 * collected. Who wants one holds it.
 */
public final class LayerStore {
    private static final Logger LOG = LoggerFactory.getLogger(LayerStore.class);

    /** Short names let many lower directories fit into the options of one overlay mount. */
    private static final int SHORT_NAME = 16;

    private final StoreLayout layout;
    private final LayerMounts mounts;
    private final ContentStore content;
    private final ImageRecords records;
    private final InFlight<Digest, Layer> inFlight = new InFlight<>("layer");
    private final Map<Digest, Layer> unrecorded = new ConcurrentHashMap<>();
    private final ReentrantLock naming = new ReentrantLock();

    /** Unpacking is native calls and hashing, so platform threads do it; idle ones end. */
    private final Executor unpackers;

    public LayerStore(
            StoreLayout layout,
            LayerMounts mounts,
            ContentStore content,
            ImageRecords records,
            int parallel) {
        this.layout = layout;
        this.mounts = mounts;
        this.content = content;
        this.records = records;
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        parallel,
                        parallel,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("unpack-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
        this.unpackers = pool;
    }

    /**
     * Which layer is wanted.
     *
     * @param blob its compressed form
     * @param fetch brings the blob into the content store
     * @param below waits for the layers below, the topmost first
     */
    record Wanted(
            Digest chainId,
            Digest diffId,
            Descriptor blob,
            Runnable fetch,
            Supplier<List<Layer>> below) {}

    /** The layer, unpacked now if it is not there; the caller holds it and its blob. */
    Layer ensure(Wanted wanted) {
        return inFlight.join(
                wanted.chainId(), () -> present(wanted.chainId()).orElseGet(() -> make(wanted)));
    }

    /**
     * The layers of an image whose blobs are in the content store, from the lowest up, unpacked now
     * if they are not there; the caller holds them and their blobs.
     */
    public List<Layer> unpackStored(List<Descriptor> blobs, List<Digest> diffIds) {
        List<Digest> chain = LayerPull.chainIds(diffIds);
        List<Layer> below = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            List<Layer> lowers = List.copyOf(below).reversed();
            below.add(
                    ensure(
                            new Wanted(
                                    chain.get(i),
                                    diffIds.get(i),
                                    blobs.get(i),
                                    () -> {},
                                    () -> lowers)));
        }
        return below;
    }

    /** A layer that no image has claimed is removed; nobody holds it. */
    public void forget(String directory) {
        unrecorded.values().removeIf(layer -> layer.directory().equals(directory));
        mounts.forget(directory);
    }

    /** What a pull has recorded is the database's to remember. */
    public void recorded(List<Layer> layers) {
        layers.forEach(layer -> unrecorded.remove(layer.chainId()));
    }

    private Optional<Layer> present(Digest chainId) {
        Layer layer = unrecorded.get(chainId);
        return layer == null ? records.layer(chainId) : Optional.of(layer);
    }

    private Layer make(Wanted wanted) {
        wanted.fetch().run();
        Path directory = layout.temporary("layer");
        try {
            StoreLayout.privateDirectory(directory);
            Made made = onUnpacker(() -> apply(wanted, directory));
            List<Layer> below = wanted.below().get();
            if (!made.applied().impliedDirectories().isEmpty()) {
                onUnpacker(() -> inherit(directory, made, below));
            }
            return publish(wanted, made.applied(), directory);
        } catch (IOException e) {
            throw StoreLayout.failure("unpack layer " + wanted.blob().digest(), e);
        } finally {
            StoreLayout.delete(List.of(directory));
        }
    }

    private Made inherit(Path directory, Made made, List<Layer> below) {
        Path target = LayerMounts.target(directory, made.form());
        LayerApplier.inherit(made.form(), target, made.applied(), paths(below));
        return made;
    }

    /** What was unpacked, in which form. */
    private record Made(LayerForm form, AppliedLayer applied) {}

    /** As an image where that is wanted and its names fit into memory, else as a directory. */
    private Made apply(Wanted wanted, Path directory) {
        LayerForm form = mounts.form();
        try {
            return apply(wanted, directory, form);
        } catch (Failure e) {
            if (form == LayerForm.DIRECTORY || !LayerApplier.isTooManyNames(e)) {
                throw e;
            }
            LOG.atInfo()
                    .addKeyValue("layer", wanted.blob().digest())
                    .log("layer has too many names for an image and becomes a directory");
            StoreLayout.delete(List.of(LayerMounts.target(directory, form)));
            return apply(wanted, directory, LayerForm.DIRECTORY);
        }
    }

    private Made apply(Wanted wanted, Path directory, LayerForm form) {
        Digest digest = wanted.blob().digest();
        AppliedLayer applied;
        try (var stream = content.open(digest)) {
            applied =
                    LayerApplier.apply(
                            stream,
                            wanted.blob().mediaType(),
                            form,
                            LayerMounts.target(directory, form),
                            ApplyLimits.DEFAULT);
        } catch (Failure e) {
            content.recheck(digest);
            throw e.during("layer " + digest);
        } catch (IOException e) {
            throw StoreLayout.failure("read layer " + digest, e);
        }
        if (!applied.diffId().equals(wanted.diffId())) {
            content.recheck(digest);
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "layer %s unpacks to %s, but the image's configuration says %s"
                            .formatted(digest, applied.diffId(), wanted.diffId()));
        }
        return new Made(form, applied);
    }

    List<Path> paths(List<Layer> layers) {
        return layers.stream().map(layer -> mounts.files(layer.directory())).toList();
    }

    private <T> T onUnpacker(Supplier<T> work) {
        return InFlight.await(CompletableFuture.supplyAsync(work, unpackers));
    }

    /** Moves the finished directory to its name; what lies there is unrecorded, so rubbish. */
    private Layer publish(Wanted wanted, AppliedLayer applied, Path directory) throws IOException {
        naming.lock();
        try {
            String name = name(wanted.chainId());
            Path target = layout.layers().resolve(name);
            mounts.forget(name);
            layout.discard(target).ifPresent(trash -> StoreLayout.delete(List.of(trash)));
            Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
            Layer layer =
                    new Layer(
                            wanted.chainId(),
                            wanted.diffId(),
                            name,
                            applied.bytes(),
                            applied.inodes());
            unrecorded.put(layer.chainId(), layer);
            return layer;
        } finally {
            naming.unlock();
        }
    }

    private String name(Digest chainId) {
        List<Layer> others = records.layers();
        for (int length = SHORT_NAME; ; length += SHORT_NAME) {
            String name = chainId.hex().substring(0, length);
            boolean taken =
                    others.stream().anyMatch(layer -> layer.directory().equals(name))
                            || unrecorded.values().stream()
                                    .anyMatch(layer -> layer.directory().equals(name));
            if (!taken) {
                return name;
            }
        }
    }
}
