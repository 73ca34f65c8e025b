package dev.gantry.imagestore.layers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gantry.imagestore.archive.TarWriter;
import dev.gantry.model.Failure;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Layers at the edges of what the kernel takes, in both forms. What takes more than some seconds in
 * one of them runs with {@code -Dgantry.large=true}.
 */
@Tag("root")
@Timeout(600)
@ParameterizedClass
@EnumSource(LayerForm.class)
class LargeLayersTest {
    private static final long FIVE_GIB = 5L << 30;
    private static final byte[] END = "end\n".getBytes(US_ASCII);

    @Parameter LayerForm form = LayerForm.DIRECTORY;
    @TempDir Path temporary;

    private UnpackedLayer layer(TarWriter tar) {
        return UnpackedLayer.of(form, tar.end(), temporary.resolve("layer"));
    }

    /** Parts that are made when they are read. */
    private static InputStream all(int count, IntFunction<byte[]> part) {
        List<InputStream> streams =
                new AbstractList<>() {
                    @Override
                    public InputStream get(int index) {
                        return new ByteArrayInputStream(part.apply(index));
                    }

                    @Override
                    public int size() {
                        return count;
                    }
                };
        return new SequenceInputStream(Collections.enumeration(streams));
    }

    /** In directories each of these costs minutes. */
    private void mayTakeLong() {
        assumeTrue(
                form == LayerForm.EROFS || Boolean.getBoolean("gantry.large"),
                "in a directory it runs with -Dgantry.large=true only");
    }

    /** What a file of zeros with a few bytes at its end shows, and what the layer takes on disk. */
    private void endsBehindFiveGibibytes(UnpackedLayer layer) throws Exception {
        Path files = layer.files();
        assertThat(Trees.sh(files, "stat -c %s big; tail -c 8 big | od -An -c; cat after"))
                .isEqualToIgnoringWhitespace(
                        (FIVE_GIB + END.length) + " \\0 \\0 \\0 \\0 e n d \\n after");
        assertThat(Trees.sh(files, "dd if=big bs=1M skip=4095 count=2 status=none | tr -d '\\0'"))
                .isEmpty();
    }

    private long kibibytesOnDisk() throws Exception {
        return Long.parseLong(Trees.sh(temporary, "du -sk layer | cut -f1").strip());
    }

    @Test
    void holesOfALargeFileTakeNoSpace() throws Exception {
        byte[] map = ("1\n" + FIVE_GIB + "\n" + END.length + "\n").getBytes(US_ASCII);
        byte[] content = new byte[512 + END.length];
        System.arraycopy(map, 0, content, 0, map.length);
        System.arraycopy(END, 0, content, 512, END.length);
        TarWriter tar =
                new TarWriter()
                        .pax(
                                "GNU.sparse.major",
                                "1",
                                "GNU.sparse.minor",
                                "0",
                                "GNU.sparse.name",
                                "big",
                                "GNU.sparse.realsize",
                                Long.toString(FIVE_GIB + END.length))
                        .file("GNUSparseFile.0/big", content)
                        .file("after", "after");
        try (UnpackedLayer layer = layer(tar)) {
            endsBehindFiveGibibytes(layer);
            assertThat(kibibytesOnDisk()).isLessThan(16 << 10);
        }
    }

    /** Zeros that the archive does have; an image leaves them out. */
    @Test
    void aFileOfMoreThanFourGibibytes() throws Exception {
        mayTakeLong();
        int piece = 64 << 20;
        byte[] header =
                new TarWriter()
                        .pax("size", Long.toString(FIVE_GIB + END.length))
                        .header('0', "big", "", 0)
                        .unended();
        byte[] rest = new TarWriter().data(END).file("after", "after").end();
        // A gzip file may be several, one after another.
        byte[] zeros = Trees.gzip(new byte[piece]);
        List<byte[]> blob = new ArrayList<>(List.of(Trees.gzip(header)));
        blob.addAll(Collections.nCopies((int) (FIVE_GIB / piece), zeros));
        blob.add(Trees.gzip(rest));
        try (UnpackedLayer layer =
                UnpackedLayer.of(
                        form,
                        all(blob.size(), blob::get),
                        Trees.GZIP,
                        temporary.resolve("layer"),
                        ApplyLimits.DEFAULT)) {
            endsBehindFiveGibibytes(layer);
            if (form == LayerForm.EROFS) {
                assertThat(kibibytesOnDisk()).isLessThan(16 << 10);
                assertThat(layer.applied().bytes()).isLessThan(16 << 20);
            }
        }
    }

    /** One of two hundred directories, or the archive's end. */
    private static byte[] thousandFiles(int directory) {
        TarWriter tar = new TarWriter();
        if (directory == 200) {
            return tar.end();
        }
        for (int i = 0; i < 1000; i++) {
            tar.file("d" + directory + "/f" + i, directory + " " + i + "\n");
        }
        return tar.unended();
    }

    @Test
    void twoHundredThousandFiles() throws Exception {
        mayTakeLong();
        try (UnpackedLayer layer =
                UnpackedLayer.of(
                        form,
                        all(201, LargeLayersTest::thousandFiles),
                        Trees.PLAIN,
                        temporary.resolve("layer"),
                        ApplyLimits.DEFAULT)) {
            assertThat(
                            Trees.sh(
                                    layer.files(),
                                    "find . -type f | wc -l; cat d0/f0 d100/f500 d199/f999"))
                    .isEqualToIgnoringWhitespace("200000 0 0 100 500 199 999");
            assertThat(layer.applied().inodes()).isEqualTo(200_000 + 200);
        }
    }

    @Test
    void theLongestNamesAndPaths() throws Exception {
        String name = "n".repeat(254);
        // 15 names of 255 bytes and one of 254, with slashes: 4095 bytes.
        String path = "a" + name + ("/b" + name).repeat(14) + "/" + name;
        assertThat(path).hasSize(4094);
        TarWriter tar =
                new TarWriter()
                        .pax("path", path + "x")
                        .file("short", "deep\n")
                        .pax("path", "d/".repeat(511) + "f")
                        .file("short", "low\n")
                        .pax("linkpath", "t".repeat(4095))
                        .symlink("link", "");
        try (UnpackedLayer layer = layer(tar)) {
            String found =
                    Trees.sh(
                            layer.files(),
                            "find . -type f -printf '%d %s ' -execdir cat {} ';' ; readlink link | tr -d '\\n' | wc -c");
            assertThat(found).contains("16 5 ", "512 4 ", "deep", "low", "4095");
        }
    }

    @Test
    void longXattrsAreKeptOrRefusedInWords() throws Exception {
        TarWriter small =
                new TarWriter().pax("SCHILY.xattr.user.v", "x".repeat(2000)).file("f", "");
        try (UnpackedLayer layer = layer(small)) {
            assertThat(Trees.attributes(layer.files()).toString()).contains("78".repeat(2000));
        }
        TarWriter large =
                new TarWriter().pax("SCHILY.xattr.user.v", "x".repeat(65537)).file("f", "");
        assertThatThrownBy(() -> layer(large))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("\"f\"")
                .hasMessageContaining("xattr");
    }
}
