package dev.gantry.imagestore;

import dev.gantry.state.Database;
import java.nio.file.Path;

/** A process of its own that opens a store and reads a file through all layers of its image. */
final class LostLayerProcess {
    private LostLayerProcess() {}

    /** The arguments are the directory and the file's name. */
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        Database database = PullProcess.database(directory);
        ImageStore store =
                ImageStore.open(
                        ImageStoreSettings.of(
                                        directory.resolve("store"), directory.resolve("certs.d"))
                                .withLayers(LayerChoice.AUTO),
                        database);
        Image image = store.list().getFirst();
        boolean found = store.readFile(image.id(), arguments[1], 100).isPresent();
        database.close();
        System.out.println(found ? "FOUND" : "NOT FOUND");
    }
}
