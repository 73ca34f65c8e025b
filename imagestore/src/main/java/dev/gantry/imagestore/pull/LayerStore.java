package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.archive.Decompression;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.LayerMounts;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.layers.AppliedLayer;
import dev.gantry.imagestore.layers.LayerForm;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.linux.fs.FileSync;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Unpacked layers, each made once and shared by all images that have the same layers up to it. One
 * that is made but not yet recorded is kept in mind for other pulls, and on disk until it is
 * collected. Who wants one holds it.
 */
public final class LayerStore {
    /** Short names let many lower directories fit into the options of one overlay mount. */
    private static final int SHORT_NAME = 16;

    private final StoreLayout layout;
    private final LayerMounts mounts;
    private final ContentStore content;
    private final ImageRecords records;
    private final InFlight<Digest, LayerMonitor, Layer> inFlight = new InFlight<>("layer");
    private final Map<Digest, Layer> unrecorded = new ConcurrentHashMap<>();
    private final ReentrantLock naming = new ReentrantLock();

    private final Semaphore unpackers;

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
        this.unpackers = new Semaphore(parallel, true);
    }

    /**
     * Which layer is wanted.
     *
     * @param blob its compressed form
     * @param fetch begins to bring the blob into the content store
     * @param below waits for the layers below, the topmost first
     */
    record Wanted(
            Digest chainId,
            Digest diffId,
            Descriptor blob,
            Supplier<BlobFetcher.Interest> fetch,
            Supplier<List<Layer>> below) {}

    /**
     * The layer, unpacked now if it is not there; the caller holds it and its blob.
     *
     * @param watch is given what shows how it comes along, and whether it was begun for this call
     */
    Layer ensure(Wanted wanted, BiConsumer<LayerMonitor, Boolean> watch) {
        Optional<Layer> here = present(wanted.chainId());
        if (here.isPresent()) {
            watch.accept(LayerMonitor.present(), true);
            return here.get();
        }
        try (var ticket =
                inFlight.join(
                        wanted.chainId(), LayerMonitor::new, monitor -> watched(wanted, monitor))) {
            watch.accept(ticket.context(), ticket.first());
            return ticket.await();
        }
    }

    private Layer watched(Wanted wanted, LayerMonitor monitor) {
        PullProgress.Phase end = PullProgress.Phase.FAILED;
        try {
            Optional<Layer> here = present(wanted.chainId());
            Layer layer = here.isPresent() ? here.get() : make(wanted, monitor);
            end = here.isPresent() ? PullProgress.Phase.PRESENT : PullProgress.Phase.DONE;
            return layer;
        } catch (Failure e) {
            if (e.code() == Failure.Code.CANCELLED) {
                end = PullProgress.Phase.CANCELLED;
            }
            throw e;
        } finally {
            monitor.ended(end);
        }
    }

    /**
     * The layers of an image whose blobs are in the content store, from the lowest up, unpacked now
     * if they are not there; the caller holds them and their blobs.
     */
    public List<Layer> unpackStored(List<Descriptor> blobs, List<Digest> diffIds) {
        List<Digest> chain = LayerPull.chainIds(diffIds);
        List<Layer> below = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            Descriptor blob = blobs.get(i);
            List<Layer> lowers = List.copyOf(below).reversed();
            below.add(
                    ensure(
                            new Wanted(
                                    chain.get(i),
                                    diffIds.get(i),
                                    blob,
                                    () -> BlobFetcher.stored(blob, content),
                                    () -> lowers),
                            (_, _) -> {}));
        }
        return below;
    }

    /** Makes the files of a layer that is not unpacked from a blob, in an empty directory. */
    interface Assembly {
        /** Returns how many there are, directories included. */
        long into(Path files) throws IOException;
    }

    /**
     * A layer that shows blobs which are stored as they are, made now if it is not there; the
     * caller holds it and the blobs, which take the disk: it takes none of its own.
     */
    Layer assembled(Digest id, Assembly assembly) {
        Optional<Layer> here = present(id);
        if (here.isPresent()) {
            return here.get();
        }
        try (var ticket =
                inFlight.join(
                        id,
                        LayerMonitor::new,
                        _ -> present(id).orElseGet(() -> assemble(id, assembly)))) {
            return ticket.await();
        }
    }

    private Layer assemble(Digest id, Assembly assembly) {
        Path directory = layout.temporary("layer");
        try {
            StoreLayout.privateDirectory(directory);
            Path files = Files.createDirectory(LayerMounts.target(directory, LayerForm.DIRECTORY));
            Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwxr-xr-x"));
            return publish(id, id, 0, assembly.into(files), directory);
        } catch (IOException e) {
            throw StoreLayout.failure("make the files of artifact " + id, e);
        } finally {
            StoreLayout.delete(List.of(directory));
        }
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
        return layer == null ? recorded(chainId) : Optional.of(layer);
    }

    /** One that was lost and cannot be made from its blob is recorded no more. */
    private Optional<Layer> recorded(Digest chainId) {
        Optional<Layer> layer = records.layer(chainId);
        if (layer.isPresent()) {
            try {
                settle(layer.get());
            } catch (Failure e) {
                if (e.code() != Failure.Code.DATA_LOSS && e.code() != Failure.Code.NOT_FOUND) {
                    throw e;
                }
            }
        }
        return layer.flatMap(_ -> records.layer(chainId));
    }

    /** Waits for a layer that was lost, if it is; throws why it cannot be made again. */
    public void settle(Layer layer) {
        mounts.lost().await(layer.directory());
    }

    private Layer make(Wanted wanted, LayerMonitor monitor) {
        Decompression.requireLayer(wanted.blob().mediaType());
        Path directory = layout.temporary("layer");
        try (BlobFetcher.Interest blob = wanted.fetch().get()) {
            monitor.downloading(blob.download());
            LayerUnpacking unpacking = new LayerUnpacking(content, mounts, unpackers, monitor);
            AppliedLayer applied = fill(unpacking, wanted, blob, directory);
            Layer layer =
                    publish(
                            wanted.chainId(),
                            wanted.diffId(),
                            applied.bytes(),
                            applied.inodes(),
                            directory);
            mounts.prepare(layer.directory());
            return layer;
        } catch (IOException e) {
            throw StoreLayout.failure("unpack layer " + wanted.blob().digest(), e);
        } finally {
            boolean interrupted = Thread.interrupted();
            StoreLayout.delete(List.of(directory));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private AppliedLayer fill(
            LayerUnpacking unpacking, Wanted wanted, BlobFetcher.Interest blob, Path directory)
            throws IOException {
        StoreLayout.privateDirectory(directory);
        AppliedLayer applied = unpacking.run(wanted, blob.download(), directory);
        unpacking.inherit(directory, applied, wanted.below().get());
        return applied;
    }

    /**
     * A layer that was unpacked once more.
     *
     * @param directory in {@code tmp}, for {@link #replace} or to be deleted
     */
    public record Rebuilt(Path directory, long bytes, long inodes) {}

    /**
     * Unpacks a layer once more, beside the one that is there and in its form, from its blob in the
     * content store.
     *
     * @param below the layers below, the topmost first
     */
    public Rebuilt rebuild(Layer layer, Descriptor stored, List<Layer> below) {
        Rebuilt made = rebuild(layer, stored, below, mounts.form(layer.directory()));
        if (made.inodes() != layer.inodes()) {
            StoreLayout.delete(List.of(made.directory()));
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "layer %s was recorded with %d inodes and has %d"
                            .formatted(layer.chainId(), layer.inodes(), made.inodes()));
        }
        return made;
    }

    /** The same, in a form. */
    public Rebuilt rebuild(Layer layer, Descriptor stored, List<Layer> below, LayerForm form) {
        Path directory = layout.temporary("layer");
        Wanted wanted =
                new Wanted(
                        layer.chainId(),
                        layer.diffId(),
                        stored,
                        () -> BlobFetcher.stored(stored, content),
                        () -> below);
        try (BlobFetcher.Interest blob = wanted.fetch().get()) {
            LayerUnpacking unpacking =
                    new LayerUnpacking(content, mounts, unpackers, new LayerMonitor()).as(form);
            AppliedLayer applied = fill(unpacking, wanted, blob, directory);
            return new Rebuilt(directory, applied.bytes(), applied.inodes());
        } catch (IOException | RuntimeException e) {
            StoreLayout.delete(List.of(directory));
            throw Failure.of("unpack layer " + stored.digest(), e);
        }
    }

    /** Puts what {@link #rebuild} made in the place of a layer that no container lies on. */
    public void replace(Layer layer, Path made) {
        naming.lock();
        try {
            FileSync.fileSystem(layout.layers());
            Path target = layout.layers().resolve(layer.directory());
            mounts.forget(layer.directory());
            Optional<Path> old = layout.discard(target);
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
            FileSync.directory(layout.layers());
            old.ifPresent(trash -> StoreLayout.delete(List.of(trash)));
        } catch (IOException e) {
            throw StoreLayout.failure("replace layer " + layer.directory(), e);
        } finally {
            naming.unlock();
        }
    }

    /** Moves the finished directory to its name; what lies there is unrecorded, so rubbish. */
    private Layer publish(Digest chainId, Digest diffId, long bytes, long inodes, Path directory)
            throws IOException {
        naming.lock();
        try {
            String name = name(chainId);
            Path target = layout.layers().resolve(name);
            mounts.forget(name);
            layout.discard(target).ifPresent(trash -> StoreLayout.delete(List.of(trash)));
            Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
            Layer layer = new Layer(chainId, diffId, name, bytes, inodes);
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
