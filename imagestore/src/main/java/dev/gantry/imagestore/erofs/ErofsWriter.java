package dev.gantry.imagestore.erofs;

import dev.gantry.imagestore.archive.SparseMap;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.model.Failure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes an EROFS image whose root holds one directory. Files are written as they come, in any
 * order; the tree of names that refers to them is given at the end. Until {@link #finish} has
 * returned the file is no image: its superblock is written last.
 */
public final class ErofsWriter implements Closeable {
    /** The name of the one directory in the root. */
    public static final PathBytes TOP = PathBytes.of("fs");

    /** From this size on a file's last block is a block of its own. */
    private static final int INLINE_BELOW = 64 << 10;

    /** Entries of a chunk table; what has more gets larger chunks. */
    private static final int MAX_CHUNKS = 1 << 20;

    private static final byte[] NO_XATTRS = new byte[0];

    private final ImageFile file;
    private final InodeArea area;
    private int inodes;
    private boolean chunked;

    private ErofsWriter(ImageFile file) {
        this.file = file;
        file.allocate(1);
        this.area = new InodeArea(file);
    }

    /** Begins an image in a new file. */
    public static ErofsWriter create(Path path) throws IOException {
        return new ErofsWriter(ImageFile.create(path));
    }

    /** Writes a regular file; takes exactly its size from the content. */
    public Leaf file(Attributes attributes, long size, FileContent content) throws IOException {
        return new Leaf(
                data(FileKind.REGULAR, attributes, size, content),
                FileKind.REGULAR,
                PathBytes.EMPTY,
                false);
    }

    /**
     * Writes a symlink.
     *
     * @param target 1 to 4095 bytes
     */
    public Leaf symlink(Attributes attributes, PathBytes target) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(target.toByteArray());
        long at =
                data(
                        FileKind.SYMLINK,
                        attributes,
                        bytes.remaining(),
                        to -> {
                            int count = Math.min(to.remaining(), bytes.remaining());
                            to.put(bytes.slice(bytes.position(), count));
                            bytes.position(bytes.position() + count);
                            return count;
                        });
        return new Leaf(at, FileKind.SYMLINK, target, false);
    }

    private long data(FileKind kind, Attributes attributes, long size, FileContent content)
            throws IOException {
        byte[] xattrs = Xattr.area(attributes.xattrs());
        int tail = (int) (size % ImageFile.BLOCK);
        boolean inline =
                tail > 0
                        && size < INLINE_BELOW
                        && Inode.SIZE + xattrs.length + tail <= ImageFile.BLOCK;
        long whole = inline ? size - tail : size;
        long at = area.place(Inode.SIZE + xattrs.length + (inline ? tail : 0));
        long start = file.allocate(ImageFile.blocks(whole));
        Inode.Layout layout = inline ? Inode.Layout.INLINE : Inode.Layout.PLAIN;
        int where = whole == 0 ? 0 : (int) (start / ImageFile.BLOCK);
        put(at, inode(layout, kind, attributes, xattrs, size, where), xattrs);
        file.fill(start, content, whole);
        if (inline) {
            file.fill(at + Inode.SIZE + xattrs.length, content, tail);
        }
        return at;
    }

    /**
     * Writes a regular file with holes.
     *
     * @param map where the content goes; what is between reads as zeros
     * @param grown is told of bytes written beside the content
     */
    public Leaf sparse(
            Attributes attributes, long size, SparseMap map, FileContent content, Growth grown)
            throws IOException {
        int bits = 12;
        while (size > (long) MAX_CHUNKS << bits) {
            bits++;
        }
        byte[] chunks = new byte[4 * (int) ((size + (1L << bits) - 1) >> bits)];
        Arrays.fill(chunks, (byte) 0xff); // all holes
        ByteBuffer table = ByteBuffer.wrap(chunks).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < map.segments(); i++) {
            long at = map.offset(i);
            long end = at + map.length(i);
            while (at < end) {
                int chunk = (int) (at >> bits);
                long chunkStart = (long) chunk << bits;
                long stop = Math.min(end, chunkStart + (1L << bits));
                long address =
                        address(table, chunk, Math.min(size - chunkStart, 1L << bits), grown);
                file.fill(address + at - chunkStart, content, stop - at);
                at = stop;
            }
        }
        chunked = true;
        byte[] xattrs = Xattr.area(attributes.xattrs());
        long at = area.place(Inode.SIZE + xattrs.length + chunks.length);
        Inode inode =
                inode(Inode.Layout.CHUNKS, FileKind.REGULAR, attributes, xattrs, size, bits - 12);
        put(at, inode, xattrs);
        file.write(at + Inode.SIZE + xattrs.length, chunks);
        return new Leaf(at, FileKind.REGULAR, PathBytes.EMPTY, false);
    }

    /** Hears of bytes that a file takes beside its content. */
    @FunctionalInterface
    public interface Growth {
        void bytes(long count);
    }

    /** The chunk's first byte in the image; it gets one now if it has none. */
    private long address(ByteBuffer table, int chunk, long size, Growth grown) {
        int block = table.getInt(4 * chunk);
        if (block != -1) {
            return (block & 0xffff_ffffL) * ImageFile.BLOCK;
        }
        grown.bytes(size);
        long at = file.allocate(ImageFile.blocks(size));
        table.putInt(4 * chunk, (int) (at / ImageFile.BLOCK));
        return at;
    }

    /** Writes a device node or fifo; the numbers count for devices only. */
    public Leaf special(Attributes attributes, FileKind kind, int major, int minor)
            throws IOException {
        if (major < 0 || major > 0xfff || minor < 0 || minor > 0xfffff) {
            throw Failure.invalid(
                    "device %d:%d has a number that Linux does not have".formatted(major, minor));
        }
        byte[] xattrs = Xattr.area(attributes.xattrs());
        long at = area.place(Inode.SIZE + xattrs.length);
        int device = kind == FileKind.FIFO ? 0 : Inode.device(major, minor);
        put(at, inode(Inode.Layout.PLAIN, kind, attributes, xattrs, 0, device), xattrs);
        boolean whiteout = kind == FileKind.CHARACTER && major == 0 && minor == 0;
        return new Leaf(at, kind, PathBytes.EMPTY, whiteout);
    }

    /** Says how many names a file has now. */
    public void setLinks(Leaf leaf, int links) throws IOException {
        leaf.setLinks(links);
        ByteBuffer count = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(links);
        file.write(leaf.position() + Inode.LINKS_AT, count.array());
    }

    /** Inodes begun so far, those without a name included. */
    public int inodes() {
        return inodes;
    }

    /** Bytes of files, all zeros, that take no space. */
    public long holes() {
        return file.holes();
    }

    private Inode inode(
            Inode.Layout layout,
            FileKind kind,
            Attributes attributes,
            byte[] xattrs,
            long size,
            int where) {
        return new Inode(layout, kind, attributes, xattrs.length, size, where, ++inodes, 1);
    }

    private void put(long at, Inode inode, byte[] xattrs) throws IOException {
        file.write(at, inode.bytes());
        file.write(at + Inode.SIZE, xattrs);
    }

    /** Writes the tree of names, and the superblock; the tree is not to be used any more. */
    public void finish(Directory top) throws IOException {
        Directory root = new Directory();
        root.setPosition(Superblock.ROOT_AT);
        inodes = new DirectoryWriter(file, area, inodes).write(top, root);
        root.names().put(TOP, top);
        byte[] names = DirectoryWriter.block(DirectoryWriter.withDots(root, root), 3);
        Inode inode =
                new Inode(
                        Inode.Layout.INLINE,
                        FileKind.DIRECTORY,
                        root.attributes(),
                        NO_XATTRS.length,
                        names.length,
                        0,
                        ++inodes,
                        3);
        Superblock superblock = Superblock.of(inodes, chunked);
        superblock.put(Superblock.ROOT_AT, inode.bytes());
        superblock.put(Superblock.ROOT_AT + Inode.SIZE, names);
        superblock.setBlocks(file.end() / ImageFile.BLOCK);
        file.flush();
        file.write(0, superblock.finished());
    }

    @Override
    public void close() {
        file.close();
    }
}
