package dev.gantry.imagestore.layers;

import dev.gantry.linux.fs.DirectoryEntry;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.linux.fs.Xattrs;
import dev.gantry.linux.hash.Digests;
import dev.gantry.model.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * One digest of all that a layer's directory holds: names, kinds, modes, owners, times, attributes
 * and content. The times of directories and whiteouts are left out: they are those of the unpacking
 * where the archive has no entry that says more.
 */
public final class TreeSeal {
    /** Each level holds a descriptor; unpacking makes none as deep. */
    private static final int MAX_DEPTH = 4096;

    private static final int CHUNK = 64 << 10;

    private final MessageDigest hash;
    private final LongConsumer read;

    private TreeSeal(MessageDigest hash, LongConsumer read) {
        this.hash = hash;
        this.read = read;
    }

    /**
     * The digest of a directory.
     *
     * @param read hears how many bytes of content were read
     * @throws IOException when something cannot be read
     */
    public static Digest of(Path directory, LongConsumer read) throws IOException {
        MessageDigest hash = Digests.of("SHA-256");
        TreeSeal seal = new TreeSeal(hash, read);
        try (RootedDirectory root = RootedDirectory.open(directory)) {
            seal.attributes(root.top().xattrs());
            seal.walk(root.top(), 0);
        }
        return Digest.sha256(hash.digest());
    }

    private void walk(DirectoryHandle directory, int depth) throws IOException {
        List<DirectoryEntry> entries =
                directory.list(Integer.MAX_VALUE).stream()
                        .sorted(Comparator.comparing(DirectoryEntry::name))
                        .toList();
        for (DirectoryEntry entry : entries) {
            FileStatus status =
                    directory
                            .find(entry.name())
                            .orElseThrow(() -> new IOException(entry.name() + " has vanished"));
            add(directory, entry.name(), status);
            if (status.isDirectory()) {
                if (depth == MAX_DEPTH) {
                    throw new IOException("the tree is too deep to be read");
                }
                try (DirectoryHandle below = directory.openDirectory(entry.name())) {
                    walk(below, depth + 1);
                }
                text("up");
            } else if (status.kind() == FileKind.REGULAR) {
                content(directory, entry.name());
            } else if (status.kind() == FileKind.SYMLINK) {
                bytes(directory.readlink(entry.name()).toByteArray());
            }
        }
    }

    private void add(DirectoryHandle in, PathBytes name, FileStatus status) throws IOException {
        bytes(name.toByteArray());
        text(
                "%s %o %d %d %d %d"
                        .formatted(
                                status.kind(),
                                status.permissions(),
                                status.uid(),
                                status.gid(),
                                status.deviceMajor(),
                                status.deviceMinor()));
        if (!status.isDirectory() && !status.isWhiteout()) {
            text(status.modified().seconds() + "." + status.modified().nanos());
        }
        if (status.kind() == FileKind.REGULAR) {
            text("size " + status.size());
        }
        attributes(in.xattrs(name));
    }

    private void attributes(Xattrs all) throws IOException {
        List<XattrName> names =
                all.list().stream().sorted(Comparator.comparing(XattrName::bytes)).toList();
        for (XattrName name : names) {
            bytes(name.bytes().toByteArray());
            bytes(all.get(name).orElse(new byte[0]));
        }
    }

    private void content(DirectoryHandle in, PathBytes name) throws IOException {
        try (FileHandle file = in.openFile(name)) {
            file.dropCache();
            for (byte[] part = file.read(CHUNK); part.length > 0; part = file.read(CHUNK)) {
                hash.update(part);
                read.accept(part.length);
            }
        }
    }

    /** With its length, so that no two trees give the same bytes. */
    private void bytes(byte[] bytes) {
        text(Integer.toString(bytes.length));
        hash.update(bytes);
    }

    private void text(String text) {
        hash.update((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
