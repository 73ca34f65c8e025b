package dev.gantry.cli.tar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Files and directories of this machine, into and out of archives. */
public final class LocalTree {
    private LocalTree() {}

    /**
     * Writes a file or a tree; {@code name} is what it is called in the archive, and an empty one
     * leaves its top out.
     */
    public static void write(Path source, String name, TarWriter archive) throws IOException {
        Map<String, Object> attributes =
                Files.readAttributes(source, "unix:*", LinkOption.NOFOLLOW_LINKS);
        boolean link = Files.isSymbolicLink(source);
        boolean directory = Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS);
        TarEntry.Kind kind =
                link
                        ? TarEntry.Kind.SYMBOLIC_LINK
                        : directory
                                ? TarEntry.Kind.DIRECTORY
                                : Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)
                                        ? TarEntry.Kind.FILE
                                        : TarEntry.Kind.OTHER;
        TarEntry entry =
                new TarEntry(
                        kind,
                        name,
                        link ? Files.readSymbolicLink(source).toString() : "",
                        kind == TarEntry.Kind.FILE ? number(attributes, "size") : 0,
                        (int) number(attributes, "mode") & 07777,
                        (int) number(attributes, "uid"),
                        (int) number(attributes, "gid"),
                        Files.getLastModifiedTime(source, LinkOption.NOFOLLOW_LINKS)
                                .to(TimeUnit.SECONDS));
        switch (kind) {
            case FILE -> {
                try (InputStream content = Files.newInputStream(source)) {
                    archive.add(entry, content);
                }
            }
            case SYMBOLIC_LINK -> archive.add(entry);
            case DIRECTORY -> {
                if (!name.isEmpty()) {
                    archive.add(entry);
                }
                for (Path child : children(source)) {
                    write(child, (name.isEmpty() ? "" : name + "/") + child.getFileName(), archive);
                }
            }
            case HARD_LINK, OTHER ->
                    throw new IOException(
                            source + " is neither a file, nor a directory, nor a symbolic link");
        }
    }

    private static long number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Number number ? number.longValue() : 0;
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.sorted().toList();
        }
    }

    private record Later(Path directory, TarEntry entry) {}

    /**
     * Unpacks an archive so that its top becomes {@code target}; whatever it says, nothing is
     * written elsewhere.
     *
     * @param owners whether files get the archive's owners
     */
    public static void read(TarReader archive, Path target, boolean owners) throws IOException {
        Path root = target.toAbsolutePath();
        Path above = root.getParent() == null ? root : root.getParent().toRealPath();
        Deque<Later> directories = new ArrayDeque<>();
        for (var entry = archive.next(); entry.isPresent(); entry = archive.next()) {
            Path path = place(root, entry.get().name());
            if (!path.equals(root)) {
                Path parent = Objects.requireNonNull(path.getParent());
                if (!existing(parent).toRealPath().startsWith(above)) {
                    throw new IOException("the archive leads elsewhere: " + entry.get().name());
                }
                Files.createDirectories(parent);
            }
            unpack(archive, entry.get(), path, root, owners);
            if (entry.get().kind() == TarEntry.Kind.DIRECTORY) {
                directories.push(new Later(path, entry.get()));
            }
        }
        for (Later later : directories) {
            attributes(later.directory(), later.entry());
        }
    }

    /** The nearest directory above that is there: what is not there cannot lead elsewhere. */
    private static Path existing(Path path) {
        Path nearest = path;
        while (!Files.exists(nearest, LinkOption.NOFOLLOW_LINKS)) {
            nearest = Objects.requireNonNull(nearest.getParent());
        }
        return nearest;
    }

    private static Path place(Path root, String name) throws IOException {
        List<String> parts = new ArrayList<>();
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                throw new IOException("the archive leads elsewhere: " + name);
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        Path path = root;
        for (int i = 1; i < parts.size(); i++) {
            path = path.resolve(parts.get(i));
        }
        return path;
    }

    private static void unpack(
            TarReader archive, TarEntry entry, Path path, Path root, boolean owners)
            throws IOException {
        boolean there = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        switch (entry.kind()) {
            case DIRECTORY -> {
                if (there && !Files.isDirectory(path)) {
                    throw new IOException("cannot overwrite " + path + " with a directory");
                }
                Files.createDirectories(path);
            }
            case FILE -> {
                clear(path, there);
                try (OutputStream to = Files.newOutputStream(path)) {
                    archive.copyTo(to);
                }
                attributes(path, entry);
            }
            case SYMBOLIC_LINK -> {
                clear(path, there);
                Files.createSymbolicLink(path, Path.of(entry.link()));
            }
            case HARD_LINK -> {
                clear(path, there);
                Files.createLink(path, place(root, entry.link()));
            }
            case OTHER -> {
                return;
            }
        }
        if (owners) {
            Files.setAttribute(path, "unix:uid", entry.uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", entry.gid(), LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static void clear(Path path, boolean there) throws IOException {
        if (there && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("cannot overwrite the directory " + path + " with a file");
        }
        Files.deleteIfExists(path);
    }

    private static void attributes(Path path, TarEntry entry) throws IOException {
        Files.setAttribute(path, "unix:mode", entry.mode());
        Files.setLastModifiedTime(path, FileTime.from(entry.modified(), TimeUnit.SECONDS));
    }
}
