package dev.gantry.server.grpc;

import dev.gantry.engine.ImageRoom;
import dev.gantry.imagestore.ArchiveFormat;
import dev.gantry.imagestore.CheckEvent;
import dev.gantry.imagestore.CheckResult;
import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.Image;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Images without content: what is pulled is there. */
final class FakeImages implements ImageRoom {
    static final Digest ID = Digest.parse("sha256:" + "a".repeat(64));

    record Pull(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean referrers) {}

    /** What a pull does before it answers. */
    Runnable pulling = () -> {};

    /** The bytes that a saved archive begins with. */
    static final int SAVED = 1 << 20;

    boolean pushedWithReferrers;
    byte[] loaded = {};
    final Map<String, String> tags = new LinkedHashMap<>();

    /** What a pull tells its listener. */
    Consumer<Consumer<PullProgress>> telling = _ -> {};

    final List<Pull> pulls = new ArrayList<>();
    final List<String> kept = new ArrayList<>();
    final List<String> removed = new ArrayList<>();
    final Map<String, Image> byName = new LinkedHashMap<>();

    static Image image(String name, String user) {
        return image(name, user, true);
    }

    static Image image(String name, String user, boolean pinned) {
        ImageReference reference = ImageReference.parse(name);
        return new Image(
                ID,
                List.of(reference),
                List.of(reference.withDigest(ID)),
                12345,
                new ImageConfig(
                        Platform.host(),
                        user,
                        List.of("A=b"),
                        List.of("/entry"),
                        List.of("arg"),
                        "/work",
                        "SIGQUIT",
                        Set.of("/data"),
                        Set.of("80/tcp"),
                        Map.of("l", "v"),
                        List.of(ID),
                        Optional.of(Instant.EPOCH),
                        HealthConfig.NONE),
                pinned);
    }

    @Override
    public Image pull(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean referrers,
            Consumer<PullProgress> listener) {
        pulls.add(new Pull(reference, credentials, referrers));
        telling.accept(listener);
        pulling.run();
        Image image = image(reference.toString(), "");
        byName.put(reference.toString(), image);
        return image;
    }

    @Override
    public Digest push(
            ImageReference reference,
            Optional<RegistryCredentials> credentials,
            boolean referrers,
            Consumer<PushProgress> listener) {
        pushedWithReferrers = referrers;
        listener.accept(new PushProgress(ID, PushProgress.State.WAITING, 0, 9));
        listener.accept(new PushProgress(ID, PushProgress.State.MOUNTED, 0, 9));
        return ID;
    }

    @Override
    public List<ImageReferrer> referrers(String nameOrId) {
        return List.of(new ImageReferrer(ID, ID, "m/t", nameOrId, 5));
    }

    @Override
    public CheckResult check(boolean repair, Consumer<CheckEvent> listener) {
        listener.accept(new CheckEvent.Progress(1, 2));
        listener.accept(new CheckEvent.Finding(ID, "is short", List.of(ID), "fetched again"));
        listener.accept(new CheckEvent.Finding(ID, "is long", List.of(ID), ""));
        listener.accept(new CheckEvent.Progress(2, 2));
        return new CheckResult(7, 8, 2);
    }

    @Override
    public List<LoadedImage> load(InputStream archive) {
        try {
            loaded = archive.readAllBytes();
        } catch (IOException e) {
            throw new Failure(Failure.Code.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
        if (loaded.length == 0) {
            throw Failure.invalid("the archive is empty");
        }
        return List.of(new LoadedImage(ID, List.of(ImageReference.parse("nginx"))));
    }

    @Override
    public void save(List<String> namesOrIds, ArchiveFormat format, OutputStream to) {
        try {
            for (int i = 0; i < SAVED; i++) {
                to.write(i);
            }
            to.write((format + " " + namesOrIds).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new Failure(Failure.Code.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void tag(String nameOrId, ImageReference tag) {
        tags.put(tag.toString(), nameOrId);
    }

    @Override
    public void pin(String nameOrId, boolean pinned) {
        tags.put("pinned " + pinned, nameOrId);
    }

    @Override
    public void keep(String nameOrId) {
        kept.add(nameOrId);
    }

    @Override
    public Set<Digest> kept() {
        return kept.isEmpty() ? Set.of() : Set.of(ID);
    }

    @Override
    public List<ImageUsage> imagesUsage() {
        return List.of(new ImageUsage(ID, 10, 20, true), new ImageUsage(ID, 1, 20, false));
    }

    @Override
    public ImageUsage usage(String nameOrId) {
        return new ImageUsage(ID, nameOrId.length(), 20, true);
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
        return Optional.ofNullable(byName.get(nameOrId));
    }

    @Override
    public List<Image> list() {
        return List.copyOf(byName.values());
    }

    @Override
    public void remove(String nameOrId) {
        removed.add(nameOrId);
    }

    @Override
    public DiskUsage usage() {
        return new DiskUsage(
                new DiskUsage.Entry(Path.of("/images"), 100, 10),
                new DiskUsage.Entry(Path.of("/containers"), 200, 20));
    }

    @Override
    public void mounting(String containerId) {}

    @Override
    public Rootfs prepare(
            String containerId,
            Digest imageId,
            Optional<IdMappings> users,
            WritableRequest request) {
        throw notForFrontDoors();
    }

    @Override
    public Optional<Rootfs> rootfs(String containerId) {
        throw notForFrontDoors();
    }

    @Override
    public void discard(String containerId) {
        throw notForFrontDoors();
    }

    @Override
    public void hold(String containerId, String name, Digest imageId) {
        throw notForFrontDoors();
    }

    @Override
    public Optional<Layers> held(String containerId, String name) {
        throw notForFrontDoors();
    }

    @Override
    public Optional<byte[]> readFile(Digest imageId, String path, int limit) {
        throw notForFrontDoors();
    }

    @Override
    public void fill(String containerId, InputStream archive) {
        throw new UnsupportedOperationException("no container is restored here");
    }

    @Override
    public List<Path> layers(Digest imageId) {
        throw notForFrontDoors();
    }

    @Override
    public DiskUsage.Entry writableUsage(String containerId) {
        throw notForFrontDoors();
    }

    private static Failure notForFrontDoors() {
        return Failure.internal("a front door has no business with writable layers");
    }

    @Override
    public void export(String containerId, OutputStream to) {
        throw new UnsupportedOperationException("the server exports nothing");
    }
}
