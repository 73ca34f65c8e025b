package dev.gantry.local.volumes;

import dev.gantry.engine.config.MountConfig;
import dev.gantry.local.volumes.VolumeTable.Row;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.state.Database;
import dev.gantry.state.Migration;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volumes of this node, for people and for their containers. A volume is its directory; the
 * record beside it says what the directory cannot. So a directory whose record was lost is taken
 * back with its data, and a record without a directory is what a removal left.
 */
public final class VolumeStore implements Volumes {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeStore.class);

    private final VolumeDirectories directories;
    private final VolumeTable table;
    private final Function<Digest, List<Path>> images;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile UnaryOperator<String> names = id -> id.substring(0, Math.min(12, id.length()));

    private VolumeStore(
            VolumeDirectories directories, VolumeTable table, Function<Digest, List<Path>> images) {
        this.directories = directories;
        this.table = table;
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
        store.recover();
        return store;
    }

    /** How containers are called when people are told of them. */
    public void callContainers(UnaryOperator<String> byId) {
        names = byId;
    }

    private void recover() {
        List<String> present = directories.open();
        for (Row row : table.list()) {
            if (!present.contains(row.name()) && row.usedBy().isEmpty()) {
                table.delete(row.name());
            } else if (!present.contains(row.name())) {
                LOG.atWarn()
                        .addKeyValue("volume", row.name())
                        .log("a volume's directory is gone; it is made anew when it is used");
            }
        }
        for (String name : present) {
            if (table.find(name).isEmpty()) {
                LOG.atInfo().addKeyValue("volume", name).log("a volume without a record is kept");
                table.insert(row(name, Map.of(), Map.of(), false, List.of()));
            }
        }
    }

    /** Makes a volume; one that is there with equal options is returned. */
    public Volume create(
            String name, String driver, Map<String, String> options, Map<String, String> labels) {
        VolumeOptions.check(driver, options);
        return holding(
                () -> {
                    boolean anonymous = name.isEmpty();
                    String called = anonymous ? VolumeNames.anonymous() : VolumeNames.check(name);
                    return volume(
                            found(called, options)
                                    .orElseGet(
                                            () ->
                                                    make(
                                                            row(
                                                                    called, labels, options,
                                                                    anonymous, List.of()))));
                });
    }

    /** All, by name. */
    public List<Volume> list() {
        return table.list().stream().map(this::volume).toList();
    }

    /** The volume of this name; NOT_FOUND when there is none. */
    public Volume find(String name) {
        return volume(require(name));
    }

    /** Bytes on disk of what is in a volume. */
    public long size(Volume volume) {
        return VolumeDirectories.size(volume.mountpoint());
    }

    /** FAILED_PRECONDITION names the containers that use it, running or not. */
    public void remove(String name) {
        holding(
                () -> {
                    Row row = require(name);
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
                    drop(row.name());
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
                        if (row.usedBy().isEmpty() && which.test(volume(row))) {
                            long size = VolumeDirectories.size(directories.data(row.name()));
                            drop(row.name());
                            gone.put(row.name(), size);
                        }
                    }
                    return gone;
                });
    }

    /** The rename ends the volume; what follows is finished by the next start if it must be. */
    private void drop(String name) {
        Path going = directories.takeAway(name);
        table.delete(name);
        VolumeDirectories.delete(going);
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
        return make(
                row(name, mount.labels(), mount.driverOptions(), anonymous, List.of(containerId)));
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
                            drop(name);
                        }
                    }
                    return true;
                });
    }

    @Override
    public Optional<String> nameOf(String hostPath) {
        Path path = Path.of(hostPath);
        return table.list().stream()
                .filter(row -> volume(row).mountpoint().equals(path))
                .map(Row::name)
                .findFirst();
    }

    /** One of that name, unless it is another kind of volume. */
    private Optional<Row> found(String name, Map<String, String> options) {
        Optional<Row> known = table.find(name);
        if (known.isPresent() && !options.isEmpty() && !known.get().options().equals(options)) {
            throw new Failure(
                    Failure.Code.ALREADY_EXISTS,
                    "volume %s is there with other options: remove it first, or take another name"
                            .formatted(name));
        }
        return known;
    }

    private Row make(Row row) {
        directories.make(row.name());
        table.insert(row);
        return row;
    }

    private static Row row(
            String name,
            Map<String, String> labels,
            Map<String, String> options,
            boolean anonymous,
            List<String> usedBy) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return new Row(name, labels, options, now, anonymous, usedBy);
    }

    private Row require(String name) {
        return table.find(name).orElseThrow(() -> Failure.notFound("no such volume: " + name));
    }

    private Volume volume(Row row) {
        return new Volume(
                row.name(),
                directories.data(row.name()),
                row.labels(),
                row.options(),
                row.created(),
                row.anonymous(),
                row.usedBy());
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
