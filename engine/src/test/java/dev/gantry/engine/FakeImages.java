package dev.gantry.engine;

import dev.gantry.imagestore.ArchiveFormat;
import dev.gantry.imagestore.CheckEvent;
import dev.gantry.imagestore.CheckResult;
import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageKind;
import dev.gantry.imagestore.ImageReferrer;
import dev.gantry.imagestore.ImageRequest;
import dev.gantry.imagestore.ImageUsage;
import dev.gantry.imagestore.LoadedImage;
import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.PushProgress;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.StoredImage;
import dev.gantry.imagestore.WritableRequest;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.HealthConfig;
import dev.gantry.model.IdMappings;
import dev.gantry.model.ImageConfig;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Layers;
import dev.gantry.model.Platform;
import dev.gantry.model.Rootfs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** An image store with images that are put in, and writable layers that are only names. */
final class FakeImages implements ImageRoom {
    static final Digest ID = new Digest("sha256", "a".repeat(64));

    final Map<String, Image> images = new ConcurrentHashMap<>();
    final Map<String, Rootfs> layers = new ConcurrentHashMap<>();
    final Map<String, String> files = new ConcurrentHashMap<>();

    /** What writable layers were filled from. */
    final Map<String, String> filled = new ConcurrentHashMap<>();

    /** The layers of every image. */
    volatile List<Path> checkpointLayers = List.of();

    /** What was asked for by name or id, in order. */
    final List<String> found = new CopyOnWriteArrayList<>();

    private final Map<String, Digest> held = new ConcurrentHashMap<>();
    private final Faults faults;

    /** What the preparing of a writable layer does first. */
    volatile Runnable preparing = () -> {};

    FakeImages(Faults faults) {
        this.faults = faults;
        put("docker.io/library/busybox:latest", config("", "", Set.of()));
        files.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\nweb:x:33:33::/:/bin/false\n");
        files.put("/etc/group", "root:x:0:\nweb:x:33:\nextra:x:500:root,web\n");
    }

    static ImageConfig config(String user, String stopSignal, Set<String> volumes) {
        return new ImageConfig(
                new Platform("linux", "amd64", ""),
                user,
                List.of("PATH=/bin", "FROM=image"),
                List.of("/entry"),
                List.of("default"),
                "",
                stopSignal,
                volumes,
                Set.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                HealthConfig.NONE);
    }

    void put(String reference, ImageConfig config) {
        put(ID, reference, config, new ImageKind.Container());
    }

    void put(Digest id, String reference, ImageConfig config, ImageKind kind) {
        ImageReference parsed = ImageReference.parse(reference);
        images.put(
                parsed.toString(),
                new Image(
                        id,
                        List.of(parsed),
                        List.of(parsed.withDigest(new Digest("sha256", "b".repeat(64)))),
                        1,
                        config,
                        false,
                        kind));
    }

    @Override
    public Image pull(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean referrers,
            Consumer<PullProgress> listener) {
        return find(reference.toString()).orElseThrow(() -> Failure.notFound("no " + reference));
    }

    @Override
    public Digest push(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean referrers,
            Consumer<PushProgress> listener) {
        throw new UnsupportedOperationException("the engine pushes nothing");
    }

    @Override
    public List<ImageReferrer> referrers(String nameOrId) {
        throw new UnsupportedOperationException("the engine asks for no referrers");
    }

    @Override
    public CheckResult check(boolean repair, Consumer<CheckEvent> listener) {
        throw new UnsupportedOperationException("the engine checks nothing");
    }

    @Override
    public List<LoadedImage> load(InputStream archive) {
        throw new UnsupportedOperationException("the engine loads no archives");
    }

    @Override
    public void save(List<String> namesOrIds, ArchiveFormat format, OutputStream to) {
        throw new UnsupportedOperationException("the engine saves no archives");
    }

    @Override
    public void tag(String nameOrId, ImageReference tag) {
        throw new UnsupportedOperationException("the engine tags nothing");
    }

    @Override
    public void pin(String nameOrId, boolean pinned) {
        throw new UnsupportedOperationException("the engine pins nothing");
    }

    @Override
    public void keep(String nameOrId) {
        throw new UnsupportedOperationException("the engine keeps nothing");
    }

    @Override
    public Set<Digest> kept() {
        throw new UnsupportedOperationException("the engine keeps nothing");
    }

    @Override
    public List<ImageUsage> imagesUsage() {
        throw new UnsupportedOperationException("the engine asks for no usage");
    }

    @Override
    public ImageUsage usage(String nameOrId) {
        throw new UnsupportedOperationException("the engine asks for no usage");
    }

    @Override
    public void login(String registry, RegistryCredentials credentials) {}

    @Override
    public StoredImage stored(String nameOrId) {
        throw new UnsupportedOperationException("documents of " + nameOrId);
    }

    @Override
    public Image commit(String containerId, Digest below, ImageRequest request) {
        throw new UnsupportedOperationException("a commit of " + containerId);
    }

    @Override
    public Image importLayer(InputStream archive, ImageRequest request) {
        throw new UnsupportedOperationException("an import");
    }

    @Override
    public Optional<Image> find(String nameOrId) {
        found.add(nameOrId);
        return images.values().stream()
                .filter(
                        i ->
                                i.id().toString().equals(nameOrId)
                                        || i.tags().contains(ImageReference.parse(nameOrId)))
                .findFirst();
    }

    @Override
    public List<Image> list() {
        return List.copyOf(images.values());
    }

    @Override
    public void remove(String nameOrId) {
        find(nameOrId).ifPresent(i -> images.values().remove(i));
    }

    @Override
    public DiskUsage usage() {
        DiskUsage.Entry none = new DiskUsage.Entry(Path.of("/"), 0, 0);
        return new DiskUsage(none, none);
    }

    @Override
    public void mounting(String containerId) {}

    @Override
    public Rootfs prepare(
            String containerId,
            Digest imageId,
            Optional<IdMappings> users,
            WritableRequest request) {
        return faults.around(
                "prepare",
                () -> {
                    preparing.run();
                    Path root = Path.of("/nonexistent", containerId);
                    Rootfs rootfs =
                            new Rootfs(
                                    List.of(root.resolve("lower")),
                                    root.resolve("upper"),
                                    root.resolve("work"));
                    layers.put(containerId, rootfs);
                    return rootfs;
                });
    }

    @Override
    public void export(String containerId, OutputStream to) {
        faults.around(
                "export",
                () -> {
                    try {
                        to.write("the changes".getBytes(StandardCharsets.UTF_8));
                    } catch (IOException e) {
                        throw Failure.of("export", e);
                    }
                });
    }

    @Override
    public Optional<Rootfs> rootfs(String containerId) {
        return Optional.ofNullable(layers.get(containerId));
    }

    @Override
    public void discard(String containerId) {
        faults.around("discard", () -> layers.remove(containerId) != null);
    }

    @Override
    public void hold(String containerId, String name, Digest imageId) {
        var _ = faults.around("hold", () -> held.put(containerId + " " + name, imageId) == null);
    }

    @Override
    public Optional<Layers> held(String containerId, String name) {
        return Optional.ofNullable(held.get(containerId + " " + name))
                .map(id -> Layers.of(List.of(Path.of("/nonexistent", id.hex()))));
    }

    @Override
    public Optional<byte[]> readFile(Digest imageId, String path, int limit) {
        return Optional.ofNullable(files.get(path)).map(f -> f.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void fill(String containerId, InputStream archive) {
        var _ = faults.around("fill", () -> filled.put(containerId, contents(archive)) == null);
    }

    private static String contents(InputStream archive) {
        try {
            return new String(archive.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Failure.of("fill", e);
        }
    }

    @Override
    public List<Path> layers(Digest imageId) {
        return checkpointLayers;
    }

    @Override
    public DiskUsage.Entry writableUsage(String containerId) {
        return new DiskUsage.Entry(Path.of("/layers"), 4096, 3);
    }
}
