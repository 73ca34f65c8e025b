package dev.gantry.local.volumes;

import dev.gantry.engine.config.MountConfig;
import dev.gantry.local.volumes.VolumeTable.Row;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.state.Database;
import dev.gantry.state.Migration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The volumes of this node, for people and for their containers. A volume is its directory; the
 * record beside it says what the directory cannot. So a directory whose record was lost is taken
 * back with its data, and a record without a directory is what a removal left.
 */
public final class VolumeStore implements Volumes {
    private final VolumeDirectories directories;
    private final VolumeTable table;
    private final Shelf shelf;
    private final Function<Digest, List<Path>> images;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile UnaryOperator<String> names = id -> id.substring(0, Math.min(12, id.length()));

    private VolumeStore(
            VolumeDirectories directories, VolumeTable table, Function<Digest, List<Path>> images) {
        this.directories = directories;
        this.table = table;
        shelf = new Shelf(directories, table);
        this.images = images;
    }

    /** The tables of this room's volumes. */
    public static List<Migration> migrations() {
        return VolumeTable.MIGRATIONS;
    }

    /**
     * Opens the volumes, and ends what was begun when the daemon was killed.
     *
     * @param root the directory of the volumes
     * @param images layers of an image, the topmost first
     */
    public static VolumeStore open(
            Path root, Database database, Function<Digest, List<Path>> images) {
        VolumeStore store =
                new VolumeStore(
                        new VolumeDirectories(root.toAbsolutePath()),
                        new VolumeTable(database),
                        images);
        store.shelf.recover();
        return store;
    }

    /** How containers are called when people are told of them. */
    public void callContainers(UnaryOperator<String> byId) {
        names = byId;
    }

    /** Makes a volume; one that is there with equal options is returned. */
    public Volume create(
            String name, String driver, Map<String, String> options, Map<String, String> labels) {
        VolumeOptions.check(driver, options);
        return holding(
                () -> {
                    boolean anonymous = name.isEmpty();
                    String called = anonymous ? VolumeNames.anonymous() : VolumeNames.check(name);
                    return shelf.volume(
                            shelf.find(called, options)
                                    .orElseGet(
                                            () ->
                                                    shelf.make(
                                                            called, labels, options, anonymous,
                                                            List.of())));
                });
    }

    /** All, by name. */
    public List<Volume> list() {
        return table.list().stream().map(shelf::volume).toList();
    }

    /** The volume of this name; NOT_FOUND when there is none. */
    public Volume find(String name) {
        return shelf.volume(shelf.require(name));
    }

    /** Bytes on disk of what is in a volume. */
    public long size(Volume volume) {
        return VolumeDirectories.size(volume.mountpoint());
    }

    /** FAILED_PRECONDITION names the containers that use it, running or not. */
    public void remove(String name) {
        holding(
                () -> {
                    Row row = shelf.require(name);
                    if (!row.usedBy().isEmpty()) {
                        throw Failure.precondition(
                                "volume %s is in use by %s: remove them first"
                                        .formatted(
                                                name,
                                                String.join(
                                                        ", ",
                                                        row.usedBy().stream()
                                                                .map(names)
                                                                .toList())));
                    }
                    shelf.drop(row.name());
                    return true;
                });
    }

    /**
     * Removes those that no container uses.
     *
     * @return what each held in bytes, by name
     */
    public Map<String, Long> prune(Predicate<Volume> which) {
        return holding(
                () -> {
                    var gone = new TreeMap<String, Long>();
                    for (Row row : table.list()) {
                        if (row.usedBy().isEmpty() && which.test(shelf.volume(row))) {
                            long size = VolumeDirectories.size(directories.data(row.name()));
                            shelf.drop(row.name());
                            gone.put(row.name(), size);
                        }
                    }
                    return gone;
                });
    }

    @Override
    public List<MountConfig> mounts(String containerId, Digest imageId, List<VolumeMount> asked) {
        List<MountConfig> mounts = new ArrayList<>();
        for (VolumeMount mount : asked) {
            mounts.add(
                    switch (mount.type()) {
                        case VOLUME -> volume(containerId, imageId, mount);
                        case BIND -> Binds.of(mount);
                        case IMAGE -> Binds.image(mount);
                    });
        }
        return mounts;
    }

    private MountConfig volume(String containerId, Digest imageId, VolumeMount mount) {
        if (!mount.subpath().isEmpty()) {
            throw new Failure(
                    Failure.Code.UNIMPLEMENTED,
                    "a directory within volume %s cannot be mounted alone: mount all of it"
                            .formatted(mount.source()));
        }
        VolumeOptions.check("", mount.driverOptions());
        return holding(
                () -> {
                    Row row = used(containerId, mount);
                    Optional<Path> device = VolumeOptions.device(row.options());
                    Path source = device.orElseGet(() -> directories.data(row.name()));
                    if (device.isEmpty() && !mount.noCopy()) {
                        fill(row, containerId, imageId, mount.target());
                    }
                    return Binds.of(mount, source);
                });
    }

    private Row used(String containerId, VolumeMount mount) {
        boolean anonymous = mount.source().isEmpty();
        String name = anonymous ? VolumeNames.anonymous() : VolumeNames.check(mount.source());
        Optional<Row> known = table.find(name);
        if (known.isPresent()) {
            directories.make(name);
            table.use(containerId, name);
            return known.get();
        }
        return shelf.make(
                name, mount.labels(), mount.driverOptions(), anonymous, List.of(containerId));
    }

    /** In one step where nobody else can be looking; else file by file, as docker does. */
    private void fill(Row row, String containerId, Digest imageId, String target) {
        Path data = directories.data(row.name());
        if (!directories.empty(data)) {
            return;
        }
        boolean alone = row.usedBy().stream().allMatch(containerId::equals);
        List<Path> layers = images.apply(imageId);
        if (!alone) {
            CopyUp.copy(layers, target, data);
        } else if (CopyUp.copy(layers, target, directories.filling(row.name()))) {
            directories.filled(row.name());
        }
    }

    @Override
    public void release(String containerId, boolean removeAnonymous) {
        holding(
                () -> {
                    for (String name : table.unuse(containerId)) {
                        Optional<Row> row = table.find(name);
                        if (removeAnonymous
                                && row.isPresent()
                                && row.get().anonymous()
                                && row.get().usedBy().isEmpty()) {
                            shelf.drop(name);
                        }
                    }
                    return true;
                });
    }

    @Override
    public Optional<String> nameOf(String hostPath) {
        Path path = Path.of(hostPath);
        return table.list().stream()
                .filter(row -> shelf.volume(row).mountpoint().equals(path))
                .map(Row::name)
                .findFirst();
    }

    private <T> T holding(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
