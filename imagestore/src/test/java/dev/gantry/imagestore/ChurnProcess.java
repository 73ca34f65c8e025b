package dev.gantry.imagestore;

import dev.gantry.model.Digest;
import dev.gantry.state.Database;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A process of its own that loads, uses, removes and collects until it is killed. */
final class ChurnProcess {
    private ChurnProcess() {}

    /** The arguments are the store's directory and an archive of two images that share a layer. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        Path archive = Path.of(arguments[1]);
        try (Database database = PullProcess.database(directory)) {
            ImageStore store = PullProcess.store(directory, database);
            List<LoadedImage> loaded = load(store, archive);
            Digest first = loaded.getFirst().id();
            Digest second = loaded.getLast().id();
            store.prepare("c1", first);
            store.remove(first.toString());
            load(store, archive);
            store.discard("c1");
            store.remove(second.toString());
            store.prepare("c2", first);
            store.tag(first.toString(), loaded.getLast().references().getFirst());
            store.remove(first.toString());
            store.discard("c2");
            load(store, archive);
        }
        System.out.println("DONE");
    }

    private static List<LoadedImage> load(ImageStore store, Path archive) throws IOException {
        try (InputStream in = Files.newInputStream(archive)) {
            return store.load(in);
        }
    }
}
