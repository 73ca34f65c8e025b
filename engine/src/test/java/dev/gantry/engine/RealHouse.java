package dev.gantry.engine;

import dev.gantry.engine.config.PodConfig;
import dev.gantry.imagestore.ImageStore;
import dev.gantry.imagestore.ImageStoreSettings;
import dev.gantry.imagestore.LayerChoice;
import dev.gantry.imagestore.StoragePolicy;
import dev.gantry.imagestore.testing.FakeRegistry;
import dev.gantry.imagestore.testing.TarBuilder;
import dev.gantry.imagestore.testing.TestArtifact;
import dev.gantry.imagestore.testing.TestImage;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Observer;
import dev.gantry.model.PodNetwork;
import dev.gantry.runtime.CgroupDriver;
import dev.gantry.runtime.HandlerConfig;
import dev.gantry.runtime.PodRuntime;
import dev.gantry.runtime.RuntimeSettings;
import dev.gantry.state.Database;
import dev.gantry.state.Migration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An engine over the real image store, runtime and launcher; only the network is a namespace
 * without plugins. The image is the machine's own busybox with its libraries.
 */
final class RealHouse implements AutoCloseable {
    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    final String cgroupParent = "/gantry-engine-test-" + ProcessHandle.current().pid();
    private final Path root;
    private final LayerChoice layers;
    private final StoragePolicy storage;
    private Database database;
    ImageStore images;
    Engine engine;

    RealHouse(Path root) throws IOException {
        this(root, LayerChoice.DIRECTORY, StoragePolicy.DEFAULT);
    }

    /**
     * With layers of a form.
     *
     * @throws dev.gantry.model.Failure FAILED_PRECONDITION where the kernel cannot use it
     */
    RealHouse(Path root, LayerChoice layers) throws IOException {
        this(root, layers, StoragePolicy.DEFAULT);
    }

    RealHouse(Path root, StoragePolicy storage) throws IOException {
        this(root, LayerChoice.DIRECTORY, storage);
    }

    private RealHouse(Path root, LayerChoice layers, StoragePolicy storage) throws IOException {
        this.root = root;
        this.layers = layers;
        this.storage = storage;
        Files.createDirectories(root.resolve("run/netns"));
        database = openDatabase();
        images = openImages();
        engine = open();
    }

    private Database openDatabase() {
        List<Migration> migrations = new ArrayList<>(ImageStore.migrations());
        migrations.addAll(Engine.migrations());
        return Database.open(root.resolve("gantry.db"), migrations);
    }

    private ImageStore openImages() {
        return ImageStore.open(
                ImageStoreSettings.of(root.resolve("lib"), root.resolve("certs.d"))
                        .withLayers(layers)
                        .withStorage(storage),
                database);
    }

    private Engine open() {
        PodRuntime runtime =
                new PodRuntime(
                        new RuntimeSettings(
                                shim(),
                                root.resolve("run/pods"),
                                root.resolve("run/netns"),
                                "t-",
                                Map.of(
                                        "",
                                        new HandlerConfig.Native(),
                                        "runc",
                                        new HandlerConfig.Oci(
                                                Path.of("/usr/sbin/runc"),
                                                root.resolve("run/runc"))),
                                CgroupDriver.CGROUPFS,
                                Duration.ofSeconds(30)),
                        Observer.NONE);
        return Engine.open(
                EngineSettings.below(root.resolve("lib"), root.resolve("run"))
                        .withCgroupParent(cgroupParent),
                new Rooms(database, Rooms.images(images), new NoPlugins(), Rooms.runtime(runtime)));
    }

    /** The launcher as the build leaves it. */
    static Path shim() {
        return Path.of(System.getProperty("gantry.shim", "../runtime/target/native/gantry-shim"))
                .toAbsolutePath()
                .normalize();
    }

    /** A new daemon over what the old one left; the old one says no goodbye to the shims. */
    void restart() {
        engine.close();
        database.close();
        database = openDatabase();
        images = openImages();
        engine = open();
    }

    /** Pulls an image that holds what is in a checkpoint archive, as buildah makes one of it. */
    String pullCheckpoint(Path archive) throws IOException {
        byte[] files = Files.readAllBytes(archive);
        TestImage image =
                TestImage.oci()
                        .layer(
                                TestImage.pack(files, TestImage.Packing.GZIP),
                                "application/vnd.oci.image.layer.v1.tar+gzip",
                                TestImage.digest(files))
                        .annotate("org.criu.checkpoint.container.name", "counter");
        return pull("checkpoint", image);
    }

    /** Pulls an image with the machine's busybox from a registry of its own. */
    String pullBusybox() throws IOException {
        return pull("busybox", busybox());
    }

    /** Pulls an image from a registry of its own. */
    String pull(String name, TestImage image) throws IOException {
        try (FakeRegistry registry = new FakeRegistry().serve(name, "1", image)) {
            return engine.images()
                    .pull(
                            ImageReference.parse(registry.authority() + "/" + name + ":1"),
                            Optional.empty())
                    .id()
                    .toString();
        }
    }

    /** Pulls an artifact. */
    String pull(TestArtifact artifact) {
        try (FakeRegistry registry = new FakeRegistry()) {
            artifact.serve(registry, "artifact", "1");
            return engine.images()
                    .pull(
                            ImageReference.parse(registry.authority() + "/artifact:1"),
                            Optional.empty())
                    .id()
                    .toString();
        }
    }

    /** An image of one layer with the machine's busybox. */
    static TestImage busybox() throws IOException {
        TarBuilder tar =
                new TarBuilder()
                        .directory("bin", 0755)
                        .file("bin/busybox", 0755, Files.readAllBytes(Path.of("/bin/busybox")))
                        .symlink("bin/sh", "busybox")
                        .directory("etc", 0755)
                        .file("etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:1002:1003::/:/bin/sh\n")
                        .file("etc/group", "root:x:0:\nweb:x:1003:\nextra:x:50000:web\n");
        for (Path library : libraries()) {
            tar.file(library.toString().substring(1), 0755, Files.readAllBytes(library));
        }
        return TestImage.oci()
                .layer(tar, TestImage.Packing.GZIP)
                .set("Env", List.of("PATH=/bin"))
                .set("Entrypoint", List.of("/bin/sh", "-c"));
    }

    private static List<Path> libraries() throws IOException {
        Process ldd = new ProcessBuilder("ldd", "/bin/busybox").start();
        String said = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        List<Path> libraries = new ArrayList<>();
        Matcher matcher = LIBRARY.matcher(said);
        while (matcher.find()) {
            libraries.add(Path.of(matcher.group(1)));
        }
        return libraries;
    }

    @Override
    public void close() {
        engine.close();
        database.close();
    }

    /** A network of loopback only. */
    private static final class NoPlugins implements NetworkRoom {
        @Override
        public EngineStatus.Condition status() {
            return EngineStatus.Condition.READY;
        }

        @Override
        public PodNetwork attach(String podId, PodConfig config, Path netns) {
            return PodNetwork.NONE;
        }

        @Override
        public void detach(String podId, Optional<Path> netns) {}

        @Override
        public List<String> recorded() {
            return List.of();
        }
    }
}
