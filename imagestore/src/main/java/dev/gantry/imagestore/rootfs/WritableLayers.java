package dev.gantry.imagestore.rootfs;

import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.WritableRequest;
import dev.gantry.imagestore.WritableSettings;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.disk.LayerMounts;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.layers.AppliedLayer;
import dev.gantry.imagestore.layers.ApplyLimits;
import dev.gantry.imagestore.layers.LayerApplier;
import dev.gantry.imagestore.layers.LayerForm;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.IdMappings;
import dev.gantry.model.Rootfs;
import dev.gantry.state.Database;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The writable layers of containers, and which layers each of them lies on. */
public final class WritableLayers {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private final StoreLayout layout;
    private final LayerMounts mounts;
    private final Database database;
    private final Holds holds;
    private final ReentrantLock changing = new ReentrantLock();
    private final WritableRecords records;
    private final Projects projects;
    private final VolatileMounts volatiles;
    private final WritableUsage usage;

    /**
     * @throws Failure FAILED_PRECONDITION when the settings have a limit that the file system does
     *     not keep
     */
    public WritableLayers(
            StoreLayout layout,
            LayerMounts mounts,
            Database database,
            Holds holds,
            WritableSettings settings) {
        this.layout = layout;
        this.mounts = mounts;
        this.holds = holds;
        this.database = database;
        this.records = new WritableRecords(database);
        this.projects = new Projects(layout, settings, () -> Projects.of(records.all()));
        this.volatiles = VolatileMounts.open(layout);
        this.usage =
                new WritableUsage(
                        layout.root(),
                        id -> layout.containers().resolve(id).resolve("upper"),
                        projects::usage);
    }

    /** Makes the directories, then records: the record is what makes them count. */
    public Rootfs prepare(
            String containerId,
            Digest imageId,
            Optional<IdMappings> users,
            WritableRequest request) {
        Path directory = directory(containerId);
        awaitLayers(imageId);
        changing.lock();
        try (Holds.Hold hold = holds.open()) {
            LayerLimit.check(hold(imageId, hold));
            Optional<WritableRecords.Row> recorded = records.find(containerId);
            if (recorded.isPresent()) {
                Rootfs rootfs = again(recorded.get(), imageId);
                WritableDirectory.make(directory, rootfs, users);
                return rootfs;
            }
            return prepareNew(directory, containerId, imageId, users, request);
        } finally {
            changing.unlock();
        }
    }

    /** Lost ones are waited for before others have to wait for this container. */
    private void awaitLayers(Digest imageId) {
        for (Layer layer : database.read(c -> ImageRecords.layersTopFirst(c, imageId))) {
            mounts.lost().await(layer.directory());
        }
    }

    private Rootfs again(WritableRecords.Row recorded, Digest imageId) {
        if (!recorded.imageId().equals(imageId)) {
            throw new Failure(
                    Failure.Code.ALREADY_EXISTS,
                    "container %s has a writable layer on image %s, not on %s"
                            .formatted(recorded.containerId(), recorded.imageId(), imageId));
        }
        return rootfs(recorded);
    }

    private Rootfs prepareNew(
            Path directory,
            String containerId,
            Digest imageId,
            Optional<IdMappings> users,
            WritableRequest request) {
        records.checkRunnable(imageId);
        projects.limit(request.quota());
        List<String> lowers = directories(imageId);
        removed(directory).delete(); // What an earlier try left.
        WritableDirectory.open(directory);
        OptionalLong project = projects.assign(directory, request.quota());
        var layer =
                new WritableRecords.Row(
                        containerId, imageId, project, volatiles.boot(request.durable()));
        Rootfs rootfs = rootfs(layer, lowers);
        WritableDirectory.make(directory, rootfs, users);
        records.add(layer);
        return rootfs;
    }

    /** Keeps the layers of an image that is removed while its container is made; how many. */
    private int hold(Digest imageId, Holds.Hold hold) {
        List<Layer> layers = database.read(c -> ImageRecords.layersTopFirst(c, imageId));
        layers.forEach(layer -> hold.layer(layer.chainId()));
        return layers.size();
    }

    /** The directories of an image's layers, the topmost first; NOT_FOUND without the image. */
    public List<String> directories(Digest imageId) {
        return database.read(
                c -> {
                    WritableRecords.checkPresent(c, imageId);
                    return ImageRecords.layersTopFirst(c, imageId).stream()
                            .map(Layer::directory)
                            .toList();
                });
    }

    public Optional<Rootfs> rootfs(String containerId) {
        directory(containerId);
        return records.find(containerId).map(this::rootfs);
    }

    /** The same; NOT_FOUND when there is none. */
    public Rootfs required(String containerId) {
        return rootfs(recorded(containerId));
    }

    private WritableRecords.Row recorded(String containerId) {
        directory(containerId);
        return records.find(containerId)
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "container " + containerId + " has no writable layer"));
    }

    /** Lets a layer be mounted, now and where nothing has it mounted. */
    public void mounting(String containerId) {
        WritableRecords.Row layer = recorded(containerId);
        layer.boot().ifPresent(boot -> volatiles.allow(containerId, rootfs(layer).work(), boot));
    }

    public void fill(String containerId, InputStream archive) {
        Rootfs rootfs = required(containerId);
        AppliedLayer applied =
                LayerApplier.apply(
                        archive,
                        MediaTypes.OCI_LAYER,
                        LayerForm.DIRECTORY,
                        rootfs.upper(),
                        ApplyLimits.DEFAULT);
        LayerApplier.inherit(LayerForm.DIRECTORY, rootfs.upper(), applied, rootfs.lowers());
    }

    private Rootfs rootfs(WritableRecords.Row layer) {
        return rootfs(layer, records.directories(layer.containerId()));
    }

    private Rootfs rootfs(WritableRecords.Row layer, List<String> topFirst) {
        Path directory = directory(layer.containerId());
        List<String> names = topFirst.isEmpty() ? List.of(StoreLayout.EMPTY_LAYER) : topFirst;
        return new Rootfs(
                mounts.layers(names),
                directory.resolve("upper"),
                directory.resolve("work"),
                layer.boot().isEmpty());
    }

    /** Whether there was anything to discard. */
    public boolean discard(String containerId) {
        Path directory = directory(containerId);
        Removed removed;
        boolean recorded;
        changing.lock();
        try {
            recorded = records.remove(containerId);
            removed = removed(directory);
        } finally {
            changing.unlock();
        }
        usage.forget(containerId);
        removed.delete();
        return recorded;
    }

    /** Removes what no container is recorded for: its making or its end was cut short. */
    public void sweep() {
        Set<String> known =
                records.all().stream()
                        .map(WritableRecords.Row::containerId)
                        .collect(Collectors.toSet());
        for (Path directory : StoreLayout.children(layout.containers())) {
            if (!known.contains(String.valueOf(directory.getFileName()))) {
                removed(directory).delete();
            }
        }
        projects.sweep();
    }

    /** Takes a directory out of the way; the lock is held. */
    private Removed removed(Path directory) {
        OptionalLong project = projects.ending(directory);
        return new Removed(layout.discard(directory), project);
    }

    /** A directory that is out of the way. Its project is nobody's else until it is deleted. */
    private final class Removed {
        private final Optional<Path> trash;
        private final OptionalLong project;

        Removed(Optional<Path> trash, OptionalLong project) {
            this.trash = trash;
            this.project = project;
        }

        void delete() {
            trash.ifPresent(path -> StoreLayout.delete(List.of(path)));
            if (project.isPresent()) {
                changing.lock();
                try {
                    projects.end(project.getAsLong());
                } finally {
                    changing.unlock();
                }
            }
        }
    }

    /** What one takes now; NOT_FOUND when there is none. */
    public DiskUsage.Entry usage(String containerId) {
        return usage.of(counted(recorded(containerId)));
    }

    /** What images take, and what was last measured of all writable layers. */
    public DiskUsage usageWith(DiskUsage.Entry images) {
        return usage.with(
                images, () -> records.all().stream().map(WritableLayers::counted).toList());
    }

    private static WritableUsage.Layer counted(WritableRecords.Row layer) {
        return new WritableUsage.Layer(layer.containerId(), layer.project());
    }

    private Path directory(String containerId) {
        if (!ID.matcher(containerId).matches()) {
            throw Failure.invalid("\"" + containerId + "\" is not the id of a container");
        }
        return layout.containers().resolve(containerId);
    }
}
