package dev.gantry.imagestore.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class LayerDirectoriesTest {
    @TempDir Path temporary;

    @Test
    void symlinksAreRemovedThemselves() throws Exception {
        Path tree = Files.createDirectory(temporary.resolve("tree"));
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("keep"), "x");
        Files.createSymbolicLink(tree.resolve("link"), outside);
        Files.createSymbolicLink(temporary.resolve("entry"), outside);
        Trees.sh(tree, "mkfifo p; mknod n c 0 0; mkdir -p a/b; chmod 0 a; ln -s . a/b/self");
        LayerDirectories.delete(tree);
        LayerDirectories.delete(tree);
        assertThat(tree).doesNotExist();
        assertThat(outside.resolve("keep")).exists();
        assertThatThrownBy(() -> LayerDirectories.delete(temporary.resolve("entry")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("not a directory");
        assertThatThrownBy(() -> LayerDirectories.delete(Path.of("/"))).isInstanceOf(Failure.class);
        LayerDirectories.delete(temporary.resolve("no/such/tree"));
        assertThat(outside.resolve("keep")).exists();
    }

    /** 5000 levels: no path and no table of descriptors is that long. */
    @Test
    void veryDeepAndVeryWideTrees() throws Exception {
        Path tree = Files.createDirectory(temporary.resolve("tree"));
        PathBytes name = PathBytes.of("d".repeat(100));
        DirectoryHandle here;
        try (RootedDirectory root = RootedDirectory.open(tree)) {
            root.top().mkdir(PathBytes.of(".gantry-remove-0"));
            root.top().mkdir(name);
            here = root.top().openDirectory(name);
        }
        for (int i = 0; i < 5000; i++) {
            here.mkdir(name);
            here.createFile(PathBytes.of("f")).close();
            DirectoryHandle below = here.openDirectory(name);
            here.close();
            here = below;
        }
        here.close();
        Trees.sh(tree, "mkdir wide; cd wide; seq 3000 | xargs touch");
        LayerDirectories.delete(tree);
        assertThat(tree).doesNotExist();
    }

    /** A mount inside is left as it is, and the deletion says where it stopped. */
    @Test
    void mountsAreNotEntered() throws Exception {
        Path tree = Files.createDirectory(temporary.resolve("tree"));
        Files.createDirectory(tree.resolve("mnt"));
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("keep"), "x");
        Trees.sh(temporary, "mount --bind outside tree/mnt");
        try {
            assertThatThrownBy(() -> LayerDirectories.delete(tree))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("mnt")
                    .hasMessageContaining("EXDEV");
            assertThat(outside.resolve("keep")).exists();
        } finally {
            Trees.sh(temporary, "umount tree/mnt");
        }
        LayerDirectories.delete(tree);
        assertThat(outside.resolve("keep")).exists();
    }

    @Test
    void noDescriptorsAreLeft() throws Exception {
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            Path target = temporary.resolve("t");
            byte[] good = new dev.gantry.imagestore.archive.TarWriter().file("a/b", "x").end();
            byte[] bad = new dev.gantry.imagestore.archive.TarWriter().file("a/../..", "x").end();
            Trees.apply(good, target);
            LayeredFiles.read(java.util.List.of(target), "a/b", 10);
            LayerDirectories.delete(target);
            assertThatThrownBy(() -> Trees.apply(bad, target)).isInstanceOf(Failure.class);
            LayerDirectories.delete(target);
        }
        assertThat(descriptors()).isEqualTo(before);
    }

    private static long descriptors() throws IOException {
        try (var listing = Files.list(Path.of("/proc/self/fd"))) {
            return listing.count();
        }
    }
}
