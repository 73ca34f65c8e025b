package dev.gantry.imagestore.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.linux.fs.XattrName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is a layer again: GNU tar lists it, and it unpacks to what it was. */
@Tag("root")
class LayerExportTest {
    private static final String LONG = "long-".repeat(30);

    @TempDir Path dir;

    private Path upper() throws IOException {
        Path upper = Files.createDirectories(dir.resolve("upper"));
        Path deep = Files.createDirectories(upper.resolve("a/" + LONG + "/" + LONG));
        byte[] content = new byte[700_001];
        new Random(3).nextBytes(content);
        Files.write(deep.resolve("data"), content);
        Files.writeString(upper.resolve("a/empty"), "");
        Files.createLink(upper.resolve("a/hard"), deep.resolve("data"));
        Files.createSymbolicLink(upper.resolve("a/soft"), Path.of("../" + LONG + LONG));
        Files.createDirectory(upper.resolve("opaque"));
        try (RootedDirectory root = RootedDirectory.open(upper)) {
            var top = root.top();
            top.mknod(PathBytes.of("gone"), FileKind.CHARACTER, 0, 0);
            top.mknod(PathBytes.of("fifo"), FileKind.FIFO, 0, 0);
            top.mknod(PathBytes.of("null"), FileKind.CHARACTER, 1, 3);
            top.chown(PathBytes.of("null"), 3_000_000_000L, 5_000_000);
            top.setTimes(PathBytes.of("fifo"), Timestamp.EPOCH, new Timestamp(1_600_000_000, 7));
            top.xattrs(PathBytes.of("opaque"))
                    .set(XattrName.OVERLAY_OPAQUE, "y".getBytes(StandardCharsets.US_ASCII));
            top.xattrs(PathBytes.of("opaque"))
                    .set(XattrName.of("user.kept"), new byte[] {1, 0, 10});
        }
        return upper;
    }

    /** Everything about a tree that a layer carries, as GNU find sees it. */
    private static List<String> tree(Path root) throws Exception {
        Process find =
                new ProcessBuilder(
                                "find", ".", "-mindepth", "1", "-printf", "%P %y %m %U %G %l %n\n")
                        .directory(root.toFile())
                        .start();
        String said = new String(find.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(find.waitFor()).isZero();
        return said.lines().sorted().toList();
    }

    @Test
    void unpacksToWhatItWas() throws Exception {
        Path upper = upper();
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        LayerExport.write(upper, archive);
        Path file = Files.write(dir.resolve("layer.tar"), archive.toByteArray());

        Process tar = new ProcessBuilder("tar", "-tf", file.toString()).start();
        String listed = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tar.waitFor()).isZero();
        assertThat(listed.lines())
                .contains("a/hard", ".wh.gone", "opaque/.wh..wh..opq")
                .doesNotContain("gone");

        Path again = dir.resolve("again");
        try (var in = Files.newInputStream(file)) {
            LayerApplier.apply(
                    in,
                    "application/vnd.oci.image.layer.v1.tar",
                    LayerForm.DIRECTORY,
                    again,
                    ApplyLimits.DEFAULT);
        }
        assertThat(tree(again)).isEqualTo(tree(upper));
        assertThat(again.resolve("a/hard")).hasSameBinaryContentAs(upper.resolve("a/hard"));
        try (RootedDirectory root = RootedDirectory.open(again)) {
            var top = root.top();
            assertThat(top.find(PathBytes.of("gone")).orElseThrow().isWhiteout()).isTrue();
            assertThat(top.find(PathBytes.of("null")).orElseThrow().uid())
                    .isEqualTo(3_000_000_000L);
            assertThat(top.find(PathBytes.of("fifo")).orElseThrow().modified())
                    .isEqualTo(new Timestamp(1_600_000_000, 7));
            var opaque = top.xattrs(PathBytes.of("opaque"));
            assertThat(opaque.get(XattrName.OVERLAY_OPAQUE)).isPresent();
            assertThat(opaque.get(XattrName.of("user.kept")))
                    .hasValueSatisfying(v -> assertThat(v).containsExactly(1, 0, 10));
        }
    }
}
