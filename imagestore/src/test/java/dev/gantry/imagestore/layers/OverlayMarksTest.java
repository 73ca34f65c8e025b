package dev.gantry.imagestore.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.archive.TarReader;
import dev.gantry.imagestore.testing.Run;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.XattrName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whiteouts and opaque directories in every form, as the kernel and we see them. */
@Tag("root")
class OverlayMarksTest {
    @TempDir Path dir;

    private Path upper;
    private Path lower;

    @BeforeEach
    void trees() throws IOException {
        upper = Files.createDirectories(dir.resolve("upper"));
        lower = Files.createDirectories(dir.resolve("lower"));
        for (Path root : List.of(upper, lower)) {
            for (String name : List.of("y", "x")) {
                Files.createDirectories(root.resolve(name));
            }
        }
        for (String name : List.of("x/device", "x/file", "x/empty", "x/below", "y/below")) {
            Files.writeString(lower.resolve(name), "lower");
        }
        Files.writeString(upper.resolve("x/file"), "");
        Files.writeString(upper.resolve("x/empty"), "");
        try (RootedDirectory root = RootedDirectory.open(upper)) {
            var top = root.top();
            set(top.xattrs(PathBytes.of("y")), XattrName.OVERLAY_OPAQUE, "y");
            set(top.xattrs(PathBytes.of("x")), XattrName.OVERLAY_OPAQUE, "x");
            set(top.xattrs(), XattrName.OVERLAY_OPAQUE, "x");
            try (var x = top.openDirectory(PathBytes.of("x"))) {
                x.mknod(PathBytes.of("device"), FileKind.CHARACTER, 0, 0);
                set(x.xattrs(PathBytes.of("file")), XattrName.OVERLAY_WHITEOUT, "y");
            }
        }
    }

    private static void set(dev.gantry.linux.fs.Xattrs of, XattrName name, String value)
            throws IOException {
        of.set(name, value.getBytes(StandardCharsets.US_ASCII));
    }

    private String seen(String path) {
        return LayeredFiles.read(List.of(upper, lower), path, 100)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("(none)");
    }

    @Test
    void filesThroughThem() throws IOException {
        assertThat(seen("x/device")).isEqualTo("(none)");
        assertThat(seen("x/file")).isEqualTo("(none)");
        assertThat(seen("x/empty")).isEmpty();
        assertThat(seen("x/below")).isEqualTo("lower");
        assertThat(seen("y/below")).isEqualTo("(none)");
    }

    @Test
    void theKernelAgrees() throws IOException {
        Path merged = Files.createDirectories(dir.resolve("merged"));
        String options = "lowerdir=%s:%s".formatted(upper, lower);
        Run.ok("mount", "-t", "overlay", "-o", options, "overlay", merged.toString());
        try {
            assertThat(Run.names(merged.resolve("x"))).containsExactly("below", "empty");
            assertThat(Run.names(merged.resolve("y"))).isEmpty();
        } finally {
            Run.ok("umount", merged.toString());
        }
    }

    @Test
    void exported() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LayerExport.write(upper, out);
        List<String> names = new ArrayList<>();
        TarReader tar = new TarReader(new ByteArrayInputStream(out.toByteArray()), 1 << 20);
        for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            names.add(entry.get().name().toString());
        }
        assertThat(names)
                .contains("x/.wh.device", "x/.wh.file", "x/empty", "y/.wh..wh..opq")
                .doesNotContain("x/file", "x/.wh..wh..opq");
    }
}
