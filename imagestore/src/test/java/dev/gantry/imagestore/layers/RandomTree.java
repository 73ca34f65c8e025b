package dev.gantry.imagestore.layers;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.NativeBuffer;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.linux.fs.XattrName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Makes trees of everything that a file system has, at random. */
final class RandomTree {
    private static final int MAX_SIZE = 300_000;

    private final SplittableRandom random;
    private final RootedDirectory root;
    private final boolean gnu;
    private final int maxPath;

    /**
     * libarchive does not always find hard links' targets again that do not fit into a header's own
     * field.
     */
    private static final int LIBARCHIVE_LINK = 90;

    private final List<PathBytes> directories = new ArrayList<>(List.of(PathBytes.EMPTY));
    private final List<PathBytes> files = new ArrayList<>();
    private final Set<PathBytes> used = new HashSet<>();
    private final NativeBuffer buffer = new NativeBuffer(MAX_SIZE);

    private RandomTree(SplittableRandom random, RootedDirectory root, boolean gnu) {
        this.random = random;
        this.gnu = gnu;
        this.maxPath = gnu ? 3000 : 900;
        this.root = root;
    }

    /**
     * Fills an empty directory.
     *
     * @param gnu whether it may have what GNU tar keeps and libarchive does not: fractions of
     *     seconds before 1970, and very long paths
     */
    static void make(Path in, SplittableRandom random, int entries, boolean gnu)
            throws ErrnoException {
        try (RootedDirectory root = RootedDirectory.open(in)) {
            RandomTree tree = new RandomTree(random, root, gnu);
            for (int i = 0; i < entries; i++) {
                tree.add();
            }
            for (PathBytes directory : tree.directories.reversed()) {
                tree.finish(directory);
            }
        }
    }

    private void add() throws ErrnoException {
        PathBytes parent = directories.get(random.nextInt(directories.size()));
        PathBytes name = name();
        PathBytes path = parent.isEmpty() ? name : PathBytes.join(List.of(parent, name));
        if (path.length() > maxPath || !used.add(path)) {
            return;
        }
        try (DirectoryHandle in = root.openDirectory(parent, Links.REFUSED)) {
            switch (random.nextInt(10)) {
                case 0, 1 -> {
                    in.mkdir(name);
                    directories.add(path);
                }
                case 2 -> symlink(in, name);
                case 3 -> special(in, name);
                case 4 -> hardlink(in, name, path);
                default -> {
                    file(in, name);
                    files.add(path);
                }
            }
        }
    }

    /** Any bytes, of lengths up to the limit; none that means something else in a layer. */
    private PathBytes name() {
        int length =
                switch (random.nextInt(12)) {
                    case 0 -> 255;
                    case 1 -> 90 + random.nextInt(20);
                    default -> 1 + random.nextInt(14);
                };
        byte[] name = new byte[length];
        boolean odd = random.nextInt(4) == 0;
        for (int i = 0; i < length; i++) {
            int b = odd ? 1 + random.nextInt(255) : '!' + random.nextInt(94);
            name[i] = (byte) (b == '/' || (i == 0 && b == '.') ? '_' : b);
        }
        return PathBytes.of(name);
    }

    private void file(DirectoryHandle in, PathBytes name) throws ErrnoException {
        int size =
                switch (random.nextInt(6)) {
                    case 0 -> 0;
                    case 1 -> 4096 * random.nextInt(5);
                    case 2 -> random.nextInt(MAX_SIZE);
                    default -> random.nextInt(9000);
                };
        byte[] data = new byte[size];
        random.nextBytes(data);
        try (FileHandle file = in.createFile(name)) {
            file.write(buffer.bytes().clear().put(data, 0, size).flip(), 0);
            if (random.nextInt(8) == 0) {
                file.truncate(size + random.nextInt(3_000_000));
                if (random.nextBoolean()) {
                    file.write(
                            buffer.bytes().clear().put(data, 0, Math.min(size, 700)).flip(),
                            1_000_000L + size);
                }
            }
        }
        in.chown(name, id(), id());
        xattrs(in, name, true);
        in.chmod(name, random.nextInt(010000));
        in.setTimes(name, Timestamp.EPOCH, time());
    }

    private void symlink(DirectoryHandle in, PathBytes name) throws ErrnoException {
        byte[] target = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 4000 : 120)];
        for (int i = 0; i < target.length; i++) {
            target[i] = (byte) (1 + random.nextInt(255));
        }
        in.symlink(PathBytes.of(target), name);
        in.chown(name, id(), id());
        in.setTimes(name, Timestamp.EPOCH, time());
    }

    private void special(DirectoryHandle in, PathBytes name) throws ErrnoException {
        FileKind kind =
                switch (random.nextInt(3)) {
                    case 0 -> FileKind.FIFO;
                    case 1 -> FileKind.CHARACTER;
                    default -> FileKind.BLOCK;
                };
        in.mknod(name, kind, 1 + random.nextInt(400), random.nextInt(70_000));
        in.chown(name, id(), id());
        in.chmod(name, random.nextInt(010000));
        in.setTimes(name, Timestamp.EPOCH, time());
    }

    private void hardlink(DirectoryHandle in, PathBytes name, PathBytes path)
            throws ErrnoException {
        if (files.isEmpty()) {
            return;
        }
        PathBytes target = files.get(random.nextInt(files.size()));
        // Which of the two names comes first in the archive is the tool's choice.
        if (!gnu && Math.max(target.length(), path.length()) > LIBARCHIVE_LINK) {
            return;
        }
        List<PathBytes> names = target.components();
        PathBytes parent = PathBytes.join(names.subList(0, names.size() - 1));
        try (DirectoryHandle from = root.openDirectory(parent, Links.REFUSED)) {
            in.hardlink(from, names.getLast(), name);
        }
    }

    private void finish(PathBytes path) throws ErrnoException {
        try (DirectoryHandle directory = root.openDirectory(path, Links.REFUSED)) {
            directory.chown(id(), id());
            if (random.nextInt(4) == 0) {
                directory.setXattr(XattrName.of("user.directory"), value(30));
            }
            directory.chmod(random.nextInt(010000));
            directory.setTimes(Timestamp.EPOCH, time());
        }
    }

    private void xattrs(DirectoryHandle in, PathBytes name, boolean plain) throws ErrnoException {
        if (!plain || random.nextInt(3) != 0) {
            return;
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            in.xattrs(name).set(XattrName.of("user.n" + i), value(random.nextInt(700)));
        }
        if (random.nextBoolean()) {
            byte[] capability = new byte[20];
            capability[0] = 1;
            capability[3] = 2;
            capability[5] = 4;
            in.xattrs(name).set(XattrName.of("security.capability"), capability);
        }
    }

    private byte[] value(int length) {
        byte[] value = new byte[length];
        random.nextBytes(value);
        return value;
    }

    /** Mostly small; some that only 32 bits hold. */
    private long id() {
        return random.nextInt(5) == 0 ? random.nextLong(0xffff_fffeL) : random.nextInt(70_000);
    }

    private Timestamp time() {
        long seconds =
                switch (random.nextInt(4)) {
                    case 0 -> -random.nextInt(2_000_000_000);
                    case 1 -> 5_000_000_000L + random.nextInt(1_000_000_000);
                    default -> random.nextInt(2_000_000_000);
                };
        int nanos = random.nextInt(1_000_000_000);
        return new Timestamp(seconds, seconds < 0 && !gnu ? 0 : nanos);
    }
}
