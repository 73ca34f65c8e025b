package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.PaxWriter;
import dev.gantry.linux.fs.DirectoryEntry;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes an overlay's upper directory as a layer (OCI image specification, layer.md): what was
 * removed becomes a whiteout. The tree may be changing: no symlink is followed, and what vanishes
 * is left out.
 */
public final class LayerExport {
    /** Attributes of the overlay itself are no part of what it shows. */
    private static final TreeHeaders HEADERS = new TreeHeaders("trusted.overlay.");

    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";

    private final RootedDirectory root;
    private final PaxWriter tar;
    private final Map<Long, PathBytes> linked = new HashMap<>();

    private LayerExport(RootedDirectory root, PaxWriter tar) {
        this.root = root;
        this.tar = tar;
    }

    /** Writes the archive; the stream stays open. */
    public static void write(Path upper, OutputStream to) {
        try (RootedDirectory root = RootedDirectory.open(upper);
                PaxWriter tar = new PaxWriter(to)) {
            new LayerExport(root, tar).walk(root.top(), List.of());
        } catch (IOException e) {
            throw Failure.of("archive " + upper, e);
        }
    }

    private void walk(DirectoryHandle directory, List<PathBytes> above) throws IOException {
        TreeHeaders.checkDepth(above);
        for (DirectoryEntry entry : directory.list(Integer.MAX_VALUE)) {
            Optional<FileStatus> status = directory.find(entry.name());
            if (status.isPresent()) {
                add(directory, entry.name(), TreeHeaders.below(above, entry.name()), status.get());
            }
        }
    }

    private void add(DirectoryHandle in, PathBytes name, List<PathBytes> path, FileStatus status)
            throws IOException {
        PathBytes whole = PathBytes.join(path);
        if (OverlayMarks.isWhiteout(in, name, status)) {
            tar.add(empty(marked(path, WHITEOUT + text(name)), status));
            return;
        }
        switch (status.kind()) {
            case DIRECTORY -> directory(in, name, path, status);
            case REGULAR -> file(in, name, whole, status);
            case SYMLINK -> tar.add(HEADERS.of(in, name, whole, status, '2', in.readlink(name)));
            case CHARACTER -> tar.add(HEADERS.of(in, name, whole, status, '3', PathBytes.EMPTY));
            case BLOCK -> tar.add(HEADERS.of(in, name, whole, status, '4', PathBytes.EMPTY));
            case FIFO -> tar.add(HEADERS.of(in, name, whole, status, '6', PathBytes.EMPTY));
            // A socket means nothing without its process.
            case SOCKET, UNKNOWN -> {}
        }
    }

    private void directory(
            DirectoryHandle in, PathBytes name, List<PathBytes> path, FileStatus status)
            throws IOException {
        PathBytes whole = PathBytes.join(path);
        tar.add(HEADERS.of(in, name, whole, status, '5', PathBytes.EMPTY));
        if (OverlayMarks.isOpaque(in.xattrs(name))) {
            tar.add(empty(PathBytes.join(TreeHeaders.below(path, PathBytes.of(OPAQUE))), status));
        }
        try (DirectoryHandle child = in.openDirectory(name)) {
            walk(child, path);
        }
    }

    private void file(DirectoryHandle in, PathBytes name, PathBytes whole, FileStatus status)
            throws IOException {
        PathBytes first = status.links() > 1 ? linked.putIfAbsent(status.inode(), whole) : null;
        if (first != null) {
            tar.add(HEADERS.of(in, name, whole, status, '1', first));
            return;
        }
        try (FileHandle file = root.openFile(whole, RootedDirectory.Links.REFUSED)) {
            tar.add(HEADERS.of(in, name, whole, status, '0', PathBytes.EMPTY), file::read);
        }
    }

    /** The path with another last name. */
    private static PathBytes marked(List<PathBytes> path, String last) {
        return PathBytes.join(
                TreeHeaders.below(
                        path.subList(0, path.size() - 1),
                        PathBytes.of(last.getBytes(StandardCharsets.ISO_8859_1))));
    }

    private static String text(PathBytes name) {
        return new String(name.toByteArray(), StandardCharsets.ISO_8859_1);
    }

    private static PaxWriter.Header empty(PathBytes name, FileStatus status) {
        return new PaxWriter.Header(
                name, '0', PathBytes.EMPTY, 0600, 0, 0, 0, status.modified(), 0, 0, Map.of());
    }
}
