package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Writes directories: blocks of entries (struct erofs_dirent) with their names behind them, sorted
 * over all blocks. All get their places first, since each names its parent and its children.
 */
final class DirectoryWriter {
    /** What an inode that inherits keeps free for the attributes to come. */
    static final int ROOM = 448;

    private static final int ENTRY = 12;
    private static final PathBytes DOT = PathBytes.of(".");
    private static final PathBytes DOT_DOT = PathBytes.of("..");

    private final ImageFile file;
    private final InodeArea area;
    private int inodes;

    /**
     * A directory that has its place.
     *
     * @param counts entries in each of its blocks
     * @param size bytes of the last block that are used
     * @param data where the blocks are, the last one left out when it stands behind the inode
     */
    private record Placed(
            Directory directory, List<Integer> counts, int size, boolean inline, long data) {}

    DirectoryWriter(ImageFile file, InodeArea area, int inodes) {
        this.file = file;
        this.area = area;
        this.inodes = inodes;
    }

    /** Writes a directory and all below it; answers how many inodes there are then. */
    int write(Directory top, Directory parent) throws IOException {
        for (Placed placed : place(top, parent)) {
            write(placed);
        }
        return inodes;
    }

    private List<Placed> place(Directory top, Directory parent) throws IOException {
        List<Placed> all = new ArrayList<>();
        Deque<Directory> ahead = new ArrayDeque<>();
        Deque<Directory> parents = new ArrayDeque<>();
        ahead.push(top);
        parents.push(parent);
        while (!ahead.isEmpty()) {
            Directory directory = ahead.pop();
            Directory above = parents.pop();
            for (Node child : directory.names().values()) {
                if (child instanceof Directory below) {
                    ahead.push(below);
                    parents.push(directory);
                }
            }
            withDots(directory, above);
            all.add(place(directory));
        }
        return all;
    }

    /** The names of a directory with itself and its parent among them. */
    static NavigableMap<PathBytes, Node> withDots(Directory directory, Directory parent) {
        directory.names().put(DOT, directory);
        directory.names().put(DOT_DOT, parent);
        return directory.names();
    }

    private Placed place(Directory directory) throws IOException {
        List<Integer> counts = new ArrayList<>();
        int count = 0;
        int used = 0;
        for (PathBytes name : directory.names().keySet()) {
            int size = ENTRY + name.length();
            if (used + size > ImageFile.BLOCK) {
                counts.add(count);
                count = 0;
                used = 0;
            }
            count++;
            used += size;
        }
        counts.add(count);
        int xattrs = Xattr.area(directory.attributes().xattrs()).length;
        boolean inline =
                !directory.inherits()
                        && used < ImageFile.BLOCK
                        && Inode.SIZE + xattrs + used <= ImageFile.BLOCK;
        int behind = inline ? xattrs + used : directory.inherits() ? ROOM : xattrs;
        directory.setPosition(area.place(Inode.SIZE + behind));
        int blocks = inline ? counts.size() - 1 : counts.size();
        return new Placed(directory, counts, used, inline, file.allocateMetadata(blocks));
    }

    private void write(Placed placed) throws IOException {
        Directory directory = placed.directory();
        byte[] xattrs = Xattr.area(directory.attributes().xattrs());
        long full = placed.counts().size() - 1L;
        boolean blocks = full > 0 || !placed.inline();
        Inode inode =
                new Inode(
                        placed.inline() ? Inode.Layout.INLINE : Inode.Layout.PLAIN,
                        FileKind.DIRECTORY,
                        directory.attributes(),
                        xattrs.length,
                        full * ImageFile.BLOCK + placed.size(),
                        blocks ? (int) (placed.data() / ImageFile.BLOCK) : 0,
                        ++inodes,
                        links(directory));
        file.write(directory.position(), inode.bytes());
        file.write(directory.position() + Inode.SIZE, xattrs);
        NavigableMap<PathBytes, Node> names = directory.names();
        Iterator<Map.Entry<PathBytes, Node>> entries = names.entrySet().iterator();
        for (int i = 0; i < placed.counts().size(); i++) {
            byte[] block = block(entries, placed.counts().get(i));
            boolean behind = placed.inline() && i == full;
            file.write(
                    behind
                            ? directory.position() + Inode.SIZE + xattrs.length
                            : placed.data() + (long) i * ImageFile.BLOCK,
                    block);
        }
    }

    private static int links(Directory directory) {
        int links = 0;
        for (Node node : directory.names().values()) {
            links += node instanceof Directory ? 1 : 0;
        }
        return links; // with its own dot, and its parent in the place of its name there
    }

    /** The only block of a small directory. */
    static byte[] block(NavigableMap<PathBytes, Node> names, int count) {
        return block(names.entrySet().iterator(), count);
    }

    private static byte[] block(Iterator<Map.Entry<PathBytes, Node>> entries, int count) {
        ByteBuffer block = ByteBuffer.allocate(ImageFile.BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        int at = ENTRY * count;
        for (int i = 0; i < count; i++) {
            Map.Entry<PathBytes, Node> entry = entries.next();
            byte[] name = entry.getKey().toByteArray();
            Node node = entry.getValue();
            block.putLong(node.position() / InodeArea.SLOT).putShort((short) at);
            block.put(type(node.kind())).put((byte) 0);
            block.put(at, name);
            at += name.length;
        }
        return java.util.Arrays.copyOf(block.array(), at);
    }

    /** EROFS_FT_*. */
    private static byte type(FileKind kind) {
        return switch (kind) {
            case REGULAR -> 1;
            case DIRECTORY -> 2;
            case CHARACTER -> 3;
            case BLOCK -> 4;
            case FIFO -> 5;
            case SOCKET -> 6;
            case SYMLINK -> 7;
            case UNKNOWN -> 0;
        };
    }
}
