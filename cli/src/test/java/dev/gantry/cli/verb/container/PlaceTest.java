package dev.gantry.cli.verb.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Docker's table of what goes where. */
class PlaceTest {
    @TempDir private Path here;

    private static Place.Remote remote(
            String from, String to, boolean there, boolean into, boolean directory) {
        return Place.remote(Place.of(from), Place.of(to), there, into, directory);
    }

    @Test
    void wordsAreTakenApart() {
        assertThat(Place.of("web:/etc/x").container()).isEqualTo("web");
        assertThat(Place.of("web:etc").path()).isEqualTo("/etc");
        assertThat(Place.of("./a:b").container()).isEmpty();
        assertThat(Place.of("/a:b").container()).isEmpty();
        assertThat(Place.of("web:/a/.").bare()).isEqualTo("/a");
        assertThat(Place.of("web:/").bare()).isEqualTo("/");
    }

    @Test
    void intoAContainer() {
        assertThat(remote("/x/site", "web:/srv", true, true, true))
                .isEqualTo(new Place.Remote("/srv", "site"));
        assertThat(remote("/x/site/.", "web:/srv", true, true, true))
                .isEqualTo(new Place.Remote("/srv", ""));
        assertThat(remote("/x/site", "web:/srv/new", false, false, true))
                .isEqualTo(new Place.Remote("/srv", "new"));
        assertThat(remote("/x/f", "web:/srv/g", true, false, false))
                .isEqualTo(new Place.Remote("/srv", "g"));
        assertThatThrownBy(() -> remote("/x/site", "web:/srv/f", true, false, true))
                .hasMessageContaining("cannot copy directory");
        assertThatThrownBy(() -> remote("/x/f", "web:/srv/new/", false, false, false))
                .hasMessageContaining("must exist in the container");
    }

    @Test
    void outOfAContainer() throws IOException {
        Path directory = Files.createDirectory(here.resolve("d"));
        Path file = Files.createFile(here.resolve("f"));
        Place dir = Place.of(directory.toString());
        assertThat(Place.local(Place.of("web:/a/x"), dir, "x", false))
                .isEqualTo(directory.resolve("x"));
        assertThat(Place.local(Place.of("web:/a"), dir, "a", true))
                .isEqualTo(directory.resolve("a"));
        assertThat(Place.local(Place.of("web:/a/."), dir, "a", true)).isEqualTo(directory);
        assertThat(Place.local(Place.of("web:/a"), Place.of(here + "/new"), "a", true))
                .isEqualTo(here.resolve("new"));
        assertThat(Place.local(Place.of("web:/a/x"), Place.of(file.toString()), "x", false))
                .isEqualTo(file);
        assertThatThrownBy(
                        () -> Place.local(Place.of("web:/a"), Place.of(file.toString()), "a", true))
                .hasMessageContaining("cannot copy directory");
        assertThatThrownBy(
                        () ->
                                Place.local(
                                        Place.of("web:/a/x"), Place.of(here + "/new/"), "x", false))
                .hasMessageContaining("must exist");
    }
}
