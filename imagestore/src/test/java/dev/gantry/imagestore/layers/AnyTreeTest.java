package dev.gantry.imagestore.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.linux.mount.DetachedMount;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Any tree that GNU tar or bsdtar can put into an archive is, under an overlay, what that tool
 * itself unpacks.
 */
@Tag("root")
@ParameterizedClass
@EnumSource(LayerForm.class)
class AnyTreeTest {
    private static final int TREES = Integer.getInteger("gantry.trees", 2);

    private static final List<String> GNU =
            List.of(
                    "--format=pax --xattrs --xattrs-include='*'",
                    "--format=pax --sparse --xattrs --xattrs-include='*'",
                    "--format=gnu",
                    "--format=gnu --sparse");
    private static final List<String> BSD =
            List.of(
                    "--format=pax --xattrs",
                    "--format=pax --xattrs --no-read-sparse",
                    "--format=gnutar");

    @Parameter LayerForm form = LayerForm.DIRECTORY;
    @TempDir Path temporary;

    @Test
    void unpacksToWhatTheToolUnpacks() throws Exception {
        long seed = Long.getLong("gantry.trees.seed", System.nanoTime());
        System.out.println("AnyTreeTest: -Dgantry.trees.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < TREES; i++) {
            Path work = Files.createDirectory(temporary.resolve("tree" + i));
            Path source = Files.createDirectory(work.resolve("source"));
            // libarchive writes a fraction of a second before 1970 as if it were one after it, and
            // reads it so; by POSIX, and to GNU tar, it is a decimal number.
            boolean bsd = i % 2 == 1;
            RandomTree.make(source, random, 20 + random.nextInt(400), !bsd);
            for (String options : bsd ? BSD : GNU) {
                compare(
                        "seed " + seed,
                        work,
                        (bsd ? "bsdtar " : "tar ") + options,
                        bsd ? "bsdtar -p --xattrs" : "tar -p --xattrs --xattrs-include='*'");
            }
            LayerDirectories.delete(work);
        }
    }

    private void compare(String seed, Path work, String create, String extract) throws Exception {
        Path archive = work.resolve("layer.tar");
        Path expected = Files.createDirectory(work.resolve("expected"));
        Path upper = Files.createDirectory(work.resolve("upper"));
        Path scratch = Files.createDirectory(work.resolve("work"));
        Trees.sh(work.resolve("source"), create + " --numeric-owner -cf '" + archive + "' .");
        Trees.sh(expected, extract + " --numeric-owner -xf '" + archive + "'");
        try (InputStream in = Files.newInputStream(archive);
                UnpackedLayer layer =
                        UnpackedLayer.of(
                                form, in, Trees.PLAIN, work.resolve("layer"), ApplyLimits.DEFAULT);
                DetachedMount overlay =
                        DetachedMount.overlay(List.of(layer.files()), upper, scratch)) {
            String what = seed + ", " + create;
            assertSame(what, contents(layer.files()), contents(expected));
            assertSame(what + ", overlay", contents(overlay.path()), contents(expected));
            assertSame(what, Trees.attributes(layer.files()), Trees.attributes(expected));
        }
        for (Path used : List.of(expected, upper, scratch)) {
            LayerDirectories.delete(used);
        }
    }

    /** The directory that they stand in is left out: bsdtar does not set its time. */
    private static List<String> contents(Path tree) throws Exception {
        return Trees.contents(tree).stream().filter(line -> !line.startsWith("|d|")).toList();
    }

    /** Shows what differs only. */
    private static void assertSame(String what, List<String> actual, List<String> expected) {
        List<String> more = new ArrayList<>(actual);
        expected.forEach(more::remove);
        List<String> fewer = new ArrayList<>(expected);
        actual.forEach(fewer::remove);
        assertThat(more).as("%s: more than expected; missing: %s", what, fewer).isEmpty();
        assertThat(fewer).as("%s: missing", what).isEmpty();
    }
}
