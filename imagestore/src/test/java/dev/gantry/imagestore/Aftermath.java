package dev.gantry.imagestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.testing.Run;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What must be true of a store that was killed and opened again, whatever it was doing. */
final class Aftermath {
    private final Path root;
    private final Database database;
    private final ImageStore store;
    private final String where;

    /**
     * @param at the directory of {@link PullProcess}
     * @param where for the messages
     */
    Aftermath(Path at, Database database, ImageStore store, String where) {
        this.root = at.resolve("store");
        this.database = database;
        this.store = store;
        this.where = where;
    }

    /** Records and disk agree, nothing is half made, and nothing is mounted. */
    void isConsistent() throws IOException {
        isSound();
        List<String> layers = strings("SELECT directory FROM image_layer");
        layers.add("empty");
        assertThat(Run.names(root.resolve("layers")))
                .as(where)
                .containsExactlyInAnyOrderElementsOf(layers);
        List<String> containers = strings("SELECT container_id FROM image_rootfs");
        assertThat(Run.names(root.resolve("containers")))
                .as(where)
                .containsExactlyInAnyOrderElementsOf(containers);
        for (String container : containers) {
            var rootfs = store.containers().rootfs(container).orElseThrow();
            assertThat(rootfs.lowers()).as(where).allMatch(Files::isDirectory);
            assertThat(rootfs.upper()).as(where).isDirectory();
            assertThat(rootfs.work()).as(where).isDirectory();
        }
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .as(where)
                .doesNotContain(root.toString());
    }

    /** A full check finds nothing, and what is temporary is gone. */
    void isSound() throws IOException {
        List<CheckEvent> events = new ArrayList<>();
        store.check(false, events::add);
        assertThat(events).as(where).noneMatch(CheckEvent.Finding.class::isInstance);
        assertThat(Run.names(root.resolve("tmp"))).as(where).isEmpty();
    }

    /** When all is removed, nothing is left: no content without a record, no record without. */
    void canBeEmptied() throws IOException {
        strings("SELECT container_id FROM image_rootfs").forEach(store.containers()::discard);
        store.list().forEach(image -> store.remove(image.id().toString()));
        store.remove("example.com/nothing:1");
        assertThat(files("content/blobs")).as(where).isEmpty();
        assertThat(Run.names(root.resolve("layers"))).as(where).containsExactly("empty");
        assertThat(Run.names(root.resolve("containers"))).as(where).isEmpty();
        assertThat(Run.names(root.resolve("tmp"))).as(where).isEmpty();
        for (String table : List.of("image", "blob", "layer", "tag", "repo_digest", "rootfs")) {
            assertThat(strings("SELECT 1 FROM image_" + table)).as(where + table).isEmpty();
        }
        assertThat(store.usage().images().bytes()).as(where).isZero();
    }

    /** Nothing is left of a download. */
    void hasNoPartials() throws IOException {
        assertThat(Run.names(root.resolve("content/partial"))).as(where).isEmpty();
    }

    /** Regular files below a directory of the store, by their paths from there. */
    List<Path> files(String below) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(below))) {
            return files.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    List<String> strings(String query) {
        return database.read(
                connection -> {
                    List<String> found = new ArrayList<>();
                    try (Statement statement = connection.createStatement();
                            ResultSet rows = statement.executeQuery(query)) {
                        while (rows.next()) {
                            found.add(rows.getString(1));
                        }
                    }
                    return found;
                });
    }
}
