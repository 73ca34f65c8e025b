package dev.gantry.imagestore.layers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.imagestore.archive.TarWriter;
import dev.gantry.model.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Applied layers under the kernel's own overlayfs, and under our eyes, show the same. */
@Tag("root")
@ParameterizedClass
@EnumSource(LayerForm.class)
class OverlayViewTest {
    @Parameter LayerForm form = LayerForm.DIRECTORY;
    @TempDir Path temporary;

    private final List<Path> lowers = new ArrayList<>();
    private final List<UnpackedLayer> layers = new ArrayList<>();

    private AppliedLayer layer(TarWriter tar) throws Exception {
        Path target = temporary.resolve("layer" + lowers.size());
        UnpackedLayer layer = UnpackedLayer.of(form, tar.end(), target).inherit(lowers);
        layers.add(layer);
        lowers.addFirst(layer.files());
        return layer.applied();
    }

    @AfterEach
    void unmount() throws Exception {
        for (UnpackedLayer layer : layers) {
            layer.close();
        }
    }

    /** Mounts the layers in a mount namespace of its own and runs a script in it. */
    private String inOverlay(String script) throws Exception {
        for (String name : List.of("upper", "work", "merged")) {
            Files.createDirectories(temporary.resolve(name));
        }
        String joined = String.join(":", lowers.stream().map(Path::toString).toList());
        String options = "lowerdir=" + joined + ",upperdir=upper,workdir=work";
        return Trees.sh(
                temporary,
                "unshare -m --propagation private sh -euc 'mount -t overlay overlay -o "
                        + options
                        + " merged; cd merged; "
                        + script
                        + "'");
    }

    /** Every regular file that the kernel shows, with its content of one line. */
    private Map<String, String> kernelFiles() throws Exception {
        String output = inOverlay("find . -type f -printf \"%P \" -exec cat {} \\;");
        Map<String, String> files = new TreeMap<>();
        output.lines().forEach(line -> files.put(line.split(" ", 2)[0], line.split(" ", 2)[1]));
        return files;
    }

    private void threeLayers() throws Exception {
        layer(
                new TarWriter()
                        .file("etc/passwd", "lower\n")
                        .file("etc/group", "lower\n")
                        .file("gone/a", "lower\n")
                        .file("opaque/a", "lower\n")
                        .file("opaque/sub/b", "lower\n")
                        .file("again/a", "lower\n")
                        .file("merged/a", "lower\n")
                        .file("wasfile", "lower\n")
                        .file("wasdir/a", "lower\n")
                        .file("implied/a", "lower\n")
                        .file("replaced/a", "lower\n")
                        .file("nulldev/a", "lower\n"));
        layer(
                new TarWriter()
                        .file("etc/passwd", "middle\n")
                        .file(".wh.gone", "")
                        .file("opaque/.wh..wh..opq", "")
                        .file("opaque/c", "middle\n")
                        .file(".wh.again", "")
                        .directory("again")
                        .file("again/b", "middle\n")
                        .file("merged/b", "middle\n")
                        .file("merged/.wh.nothing", "")
                        .directory("wasfile")
                        .file("wasfile/x", "middle\n")
                        .file("wasdir", "middle\n")
                        .file(".wh.implied", "")
                        .file("implied/x", "middle\n")
                        .file("replaced", "middle\n")
                        .directory("replaced")
                        .file("replaced/b", "middle\n")
                        .node('3', "nulldev", 0, 0));
        layer(
                new TarWriter()
                        .file("merged/.wh.a", "")
                        .file("merged/c", "top\n")
                        .file("opaque/sub/d", "top\n")
                        .file("gone/b", "top\n")
                        .file("etc/.wh.group", "")
                        .file("kept", "top\n")
                        .file(".wh.kept", ""));
    }

    @Test
    void whiteoutsAndOpaqueDirectories() throws Exception {
        threeLayers();
        Map<String, String> shown = kernelFiles();
        assertThat(shown)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("etc/passwd", "middle"),
                                Map.entry("gone/b", "top"),
                                Map.entry("opaque/c", "middle"),
                                Map.entry("opaque/sub/d", "top"),
                                Map.entry("again/b", "middle"),
                                Map.entry("merged/b", "middle"),
                                Map.entry("merged/c", "top"),
                                Map.entry("wasfile/x", "middle"),
                                Map.entry("wasdir", "middle"),
                                Map.entry("implied/x", "middle"),
                                Map.entry("replaced/b", "middle"),
                                Map.entry("kept", "top")));
    }

    @Test
    void layeredFilesShowWhatTheKernelShows() throws Exception {
        threeLayers();
        Map<String, String> shown = kernelFiles();
        for (Path layer : lowers) {
            for (String line : Trees.sh(layer, "find . -printf '%P\\n'").lines().toList()) {
                var expected = java.util.Optional.ofNullable(shown.get(line));
                var actual = LayeredFiles.read(lowers, "/" + line, 100);
                assertThat(actual.map(bytes -> new String(bytes, UTF_8).strip()))
                        .as(line)
                        .isEqualTo(expected);
            }
        }
    }

    /** The kernel does not look at the mark on a layer's root; neither do we, to show the same. */
    @Test
    void opaqueRoot() throws Exception {
        layer(new TarWriter().file("a", "lower\n").file("d/a", "lower\n"));
        layer(new TarWriter().file(".wh..wh..opq", "").file("b", "top\n"));
        for (String path : List.of("a", "b", "d/a")) {
            assertThat(LayeredFiles.read(lowers, path, 9).isPresent())
                    .as(path)
                    .isEqualTo(kernelFiles().containsKey(path));
        }
    }

    /** Overlayfs' own marks are the kernel's and ours to make, not an archive's. */
    @Test
    void marksOfArchivesAreNotHonoured() throws Exception {
        layer(
                new TarWriter()
                        .file("d/below", "lower\n")
                        .file("d/kept", "lower\n")
                        .file("other/secret", "lower\n")
                        .file("u/below", "lower\n"));
        layer(
                new TarWriter()
                        .pax(
                                "SCHILY.xattr.trusted.overlay.opaque",
                                "y",
                                "SCHILY.xattr.trusted.overlay.redirect",
                                "/other")
                        .directory("d")
                        .pax("SCHILY.xattr.trusted.overlay.whiteout", "y")
                        .file("d/kept", "top\n")
                        .pax(
                                "SCHILY.xattr.trusted.overlay.metacopy",
                                "",
                                "SCHILY.xattr.trusted.overlay.redirect",
                                "/other/secret")
                        .file("d/meta", "own\n")
                        .pax("SCHILY.xattr.user.overlay.opaque", "y")
                        .directory("u"));
        assertThat(kernelFiles())
                .isEqualTo(
                        Map.of(
                                "d/below", "lower",
                                "d/kept", "top",
                                "d/meta", "own",
                                "other/secret", "lower",
                                "u/below", "lower"));
    }

    /** A mark hides what is below, wherever in the archive it stands, and nothing of its layer. */
    @Test
    void theOrderOfMarksDoesNotMatter() throws Exception {
        layer(
                new TarWriter()
                        .file("a/low", "lower\n")
                        .file("b/low", "lower\n")
                        .file("c", "lower\n")
                        .file("e/f/g", "lower\n"));
        layer(
                new TarWriter()
                        .file("a/new", "top\n")
                        .file("a/.wh..wh..opq", "")
                        .file("b/.wh..wh..opq", "")
                        .file("b/.wh.low", "")
                        .file("b/new", "top\n")
                        .file(".wh.c", "")
                        .file(".wh.c", "")
                        .file("e/.wh.f", "")
                        .file("no/such/.wh.file", "")
                        .node('3', "no/such/device", 0, 0)
                        .file("no/.wh..wh..opq", ""));
        assertThat(kernelFiles()).isEqualTo(Map.of("a/new", "top", "b/new", "top"));
        assertThat(inOverlay("ls -A e no no/such; stat -c %F c e/f 2>&1 || true"))
                .contains("e:\n\nno:\nsuch\n\nno/such:\n")
                .contains("No such file");
    }

    @Test
    void symlinksAcrossLayers() throws Exception {
        layer(
                new TarWriter()
                        .file("usr/lib/os-release", "name\n")
                        .symlink("etc/os-release", "../usr/lib/os-release")
                        .symlink("lib", "/usr/lib")
                        .symlink("up", "../../../usr/lib/os-release")
                        .symlink("a", "b")
                        .symlink("b", "a")
                        .symlink("proc", "/proc/self/environ")
                        .node('6', "fifo", 0, 0)
                        .file("etc/shadow-target", "old\n"));
        layer(
                new TarWriter()
                        .symlink("etc/shadow", "/etc/shadow-target")
                        .file("etc/shadow-target", "new\n")
                        .symlink("long0", "/lib/os-release"));
        assertThat(text("/etc/os-release")).isEqualTo("name\n");
        assertThat(text("lib/os-release")).isEqualTo("name\n");
        assertThat(text("//lib/../lib/./os-release")).isEqualTo("name\n");
        assertThat(text("/up")).isEqualTo("name\n");
        assertThat(text("/etc/shadow")).isEqualTo("new\n");
        assertThat(text("/long0")).isEqualTo("name\n");
        for (String none :
                List.of("/a", "/a/x", "/proc", "/fifo", "/etc", "/", "", "/no", "/up/x", "/..")) {
            assertThat(LayeredFiles.read(lowers, none, 100)).as(none).isEmpty();
        }
        assertThat(LayeredFiles.read(List.of(), "/etc/passwd", 100)).isEmpty();
        assertThatThrownBy(() -> LayeredFiles.read(lowers, "/up", 4))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("over the limit of 4");
    }

    private String text(String path) {
        return new String(LayeredFiles.read(lowers, path, 100).orElseThrow(), UTF_8);
    }

    /** What was implied and then replaced inherits nothing, though there is a directory below. */
    @Test
    void impliedDirectoryThatAFileReplaced() throws Exception {
        layer(new TarWriter().directory("d").file("d/below", "lower\n"));
        layer(new TarWriter().file("d/x", "gone\n").file("d", "file\n"));
        assertThat(kernelFiles()).isEqualTo(Map.of("d", "file"));
    }

    @Test
    void impliedDirectoriesLookLikeTheOnesBelow() throws Exception {
        layer(
                new TarWriter()
                        .mode(0711)
                        .directory("./")
                        .mode(01777)
                        .pax("uid", "33", "gid", "44", "mtime", "1234567890.5")
                        .directory("tmp")
                        .pax("SCHILY.xattr.user.note", "below")
                        .directory("tmp/sub")
                        .directory("hidden")
                        .mode(0644));
        AppliedLayer second =
                layer(
                        new TarWriter()
                                .file("tmp/sub/new", "x\n")
                                .file(".wh.hidden", "")
                                .file("hidden/x", "x\n")
                                .file("fresh/x", "x\n"));
        assertThat(second.impliedDirectories().stream().map(one -> one.path().toString()))
                .containsExactly("", "fresh", "tmp", "tmp/sub");
        String shown =
                inOverlay("stat -c \"%n %a %u %g %Y\" tmp tmp/sub fresh hidden | cut -d. -f1");
        assertThat(shown.lines())
                .containsExactly(
                        "tmp 1777 33 44 1234567890",
                        "tmp/sub 1777 0 0 1000000000",
                        "fresh 755 0 0 0",
                        "hidden 755 0 0 0");
        assertThat(Trees.attributes(lowers.getFirst()))
                .contains("/tmp/sub user.note=62656c6f77", "/hidden trusted.overlay.opaque=79");
        assertThat(Trees.sh(lowers.getFirst(), "stat -c %a .").strip()).isEqualTo("711");
    }
}
