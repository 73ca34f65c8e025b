package dev.gantry.imagestore;

import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import dev.gantry.state.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A process of its own that does one thing to a store, and says {@code DONE} unless it is killed.
 */
final class StoreProcess {
    private static final int SEGMENT = 192 << 10;

    private StoreProcess() {}

    /** What is done; what each takes stands in {@link #run}. */
    enum Operation {
        PULL,
        PUSH,
        CHURN,
        REPAIR,
        SAVE,
        NAMES,
        CONTAINERS,
        REMOVE,
        STRESS
    }

    /** A command line: how the store is set up, what is done, and what that takes. */
    static List<String> arguments(
            LayerChoice form, boolean keepBlobs, Operation operation, String... more) {
        List<String> all = new ArrayList<>();
        all.addAll(List.of(form.name(), String.valueOf(keepBlobs), operation.name()));
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    static ImageStore open(Path directory, LayerChoice form, boolean keepBlobs, Database database) {
        return ImageStore.open(
                ImageStoreSettings.of(directory.resolve("store"), directory.resolve("certs.d"))
                        .withPulls(PullProcess.QUICK.withSegments(SEGMENT, 3))
                        .withLayers(form)
                        .withStorage(StoragePolicy.DEFAULT.withKeepBlobs(keepBlobs)),
                database);
    }

    /** The directory, and {@link #arguments}. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        try (Database database = PullProcess.database(directory)) {
            ImageStore store =
                    open(
                            directory,
                            LayerChoice.valueOf(arguments[1]),
                            Boolean.parseBoolean(arguments[2]),
                            database);
            run(store, Operation.valueOf(arguments[3]), arguments.length > 4 ? arguments[4] : "");
        }
        System.out.println("DONE");
    }

    private static void run(ImageStore store, Operation operation, String argument)
            throws IOException {
        switch (operation) {
            case PULL -> store.pull(ImageReference.parse(argument), Optional.empty());
            case PUSH -> store.push(ImageReference.parse(argument), Optional.empty(), _ -> {});
            case CHURN -> churn(store, Path.of(argument));
            case REPAIR -> store.check(true, _ -> {});
            case SAVE ->
                    store.save(
                            List.of(argument), ArchiveFormat.OCI, OutputStream.nullOutputStream());
            case NAMES -> names(store, argument);
            case CONTAINERS -> containers(store, argument);
            case REMOVE -> store.remove(argument);
            case STRESS -> stress(store, argument.split(" ", -1));
        }
    }

    /** The argument is an archive of two images that share a layer. */
    private static void churn(ImageStore store, Path archive) throws IOException {
        List<LoadedImage> loaded = load(store, archive);
        Digest first = loaded.getFirst().id();
        Digest second = loaded.getLast().id();
        store.containers().prepare("c1", first);
        store.remove(first.toString());
        load(store, archive);
        store.containers().discard("c1");
        store.remove(second.toString());
        store.containers().prepare("c2", first);
        store.tag(first.toString(), loaded.getLast().references().getFirst());
        store.remove(first.toString());
        store.containers().discard("c2");
        load(store, archive);
    }

    private static List<LoadedImage> load(ImageStore store, Path archive) throws IOException {
        try (InputStream in = Files.newInputStream(archive)) {
            return store.load(in);
        }
    }

    private static void names(ImageStore store, String image) {
        store.tag(image, ImageReference.parse("example.com/other:1"));
        store.pin(image, true);
        store.tag(image, ImageReference.parse("example.com/other:2"));
        store.pin(image, false);
        store.remove("example.com/other:1");
    }

    private static void containers(ImageStore store, String image) throws IOException {
        Digest id = Digest.parse(image);
        store.containers().prepare("c1", id);
        Files.writeString(
                store.containers().rootfs("c1").orElseThrow().upper().resolve("written"),
                "by the container");
        store.containers().prepare("c2", id);
        store.containers().hold("c2", "volume", id);
        store.containers().discard("c1");
        store.remove(image);
        store.containers().discard("c2");
    }

    /** A registry and a seed; goes on until it is killed. */
    private static void stress(ImageStore store, String[] arguments) {
        long seed = Long.parseLong(arguments[1]);
        new StoreStress(store, arguments[0], seed, () -> System.out.println("STEP"))
                .run(Integer.MAX_VALUE);
    }
}
