package dev.gantry.imagestore.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers that are too large to go through the kernel's memory as a whole. */
@Tag("root")
@ParameterizedClass
@EnumSource(LayerForm.class)
class LargeLayerTest {
    /** Names, links and sizes, and what is in the files. */
    private static final String SHOW =
            "find . -type f -printf '%p %s %n\\n' | LC_ALL=C sort;"
                    + " find . -type f | LC_ALL=C sort | xargs -d '\\n' sha256sum;"
                    + " find . -type d | LC_ALL=C sort";

    private static final int FILES = 400;

    @Parameter LayerForm form = LayerForm.DIRECTORY;
    @TempDir Path temporary;

    /** Files of every size around blocks and windows, among them some with holes. */
    private static void make(Path source, SplittableRandom random) throws Exception {
        for (int i = 0; i < FILES; i++) {
            Path directory = Files.createDirectories(source.resolve("d" + random.nextInt(9)));
            int size =
                    switch (random.nextInt(20)) {
                        case 0 -> random.nextInt(4 << 20);
                        case 1, 2 -> (1 << 20) * random.nextInt(3) + random.nextInt(-600, 600) * 8;
                        case 3, 4, 5 -> 4096 * random.nextInt(40);
                        default -> random.nextInt(150_000);
                    };
            byte[] data = new byte[Math.max(size, 0)];
            random.nextBytes(data);
            Files.write(directory.resolve("f" + i), data);
        }
        Trees.sh(
                source,
                "for i in 1 2 3; do dd if=d1/$(ls d1 | head -n 1) of=d2/s$i bs=4k count=$i seek=$((i * 777)) conv=sparse"
                        + " status=none; truncate -s 20M d2/s$i; printf x | dd of=d2/s$i bs=1"
                        + " seek=15000000 conv=notrunc status=none; done; ln d2/s1 d1/link;"
                        + " ln d3/$(ls d3 | head -n 1) z-link");
    }

    @Test
    void unpacksToWhatWasPacked() throws Exception {
        long seed = Long.getLong("gantry.trees.seed", System.nanoTime());
        System.out.println("LargeLayerTest: -Dgantry.trees.seed=" + seed);
        Path source = Files.createDirectory(temporary.resolve("source"));
        make(source, new SplittableRandom(seed));
        Path archive = temporary.resolve("layer.tgz");
        Trees.sh(
                source, "tar --sort=name --sparse -c . | gzip -1 >'" + archive + "'; du -sb . >&2");
        assertThat(Files.size(archive)).isGreaterThan(24 << 20);
        try (InputStream in = Files.newInputStream(archive);
                UnpackedLayer layer =
                        UnpackedLayer.of(
                                form,
                                in,
                                "application/vnd.oci.image.layer.v1.tar+gzip",
                                temporary.resolve("t"),
                                ApplyLimits.DEFAULT)) {
            assertThat(Trees.sh(layer.files(), SHOW)).isEqualTo(Trees.sh(source, SHOW));
        }
    }
}
