package dev.gantry.imagestore.erofs;

import dev.gantry.model.Failure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gives directories of a finished image, those that were made to inherit, other attributes. Their
 * xattrs go to the end of the image, where inodes share them, so that they take little room behind
 * an inode.
 */
public final class ImagePatch implements Closeable {
    private static final int BLOCK = ImageFile.BLOCK;

    private final FileChannel channel;
    private final long end;
    private final Map<ByteBuffer, Integer> shared = new HashMap<>();
    private byte[] sharedBytes = new byte[0];

    private ImagePatch(FileChannel channel, long end) {
        this.channel = channel;
        this.end = end;
    }

    public static ImagePatch open(Path image) throws IOException {
        FileChannel channel =
                FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            return new ImagePatch(channel, channel.size());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Sets the attributes of a directory; xattrs that it has itself stay beside those given.
     *
     * @param position of its inode
     */
    public void inherit(long position, Attributes attributes) throws IOException {
        ByteBuffer inode = read(position, Inode.SIZE + DirectoryWriter.ROOM);
        int count = inode.getShort(Inode.XATTRS_AT) & 0xffff;
        byte[] own = new byte[count == 0 ? 0 : (count - 1) * 4];
        inode.get(Inode.SIZE + Xattr.HEADER, own);
        if (!attributes.xattrs().isEmpty()) {
            byte[] area = Xattr.sharing(share(attributes.xattrs()), own);
            if (area.length > DirectoryWriter.ROOM) {
                throw Failure.invalid(
                        "a directory of the layers below has more xattrs than an image can hold");
            }
            inode.put(Inode.SIZE, area);
            inode.putShort(Inode.XATTRS_AT, (short) Xattr.count(area.length));
        }
        int type = inode.getShort(Inode.MODE_AT) & 0170000;
        inode.putShort(Inode.MODE_AT, (short) (type | attributes.permissions()));
        inode.putInt(Inode.UID_AT, (int) attributes.uid());
        inode.putInt(Inode.UID_AT + 4, (int) attributes.gid());
        inode.putLong(Inode.MTIME_AT, attributes.modified().seconds());
        inode.putInt(Inode.MTIME_AT + 8, attributes.modified().nanos());
        write(position, inode);
    }

    private int[] share(Map<Xattr.Name, byte[]> xattrs) {
        int[] ids = new int[xattrs.size()];
        int i = 0;
        for (Map.Entry<Xattr.Name, byte[]> xattr : new TreeMap<>(xattrs).entrySet()) {
            byte[] entry = Xattr.entries(Map.of(xattr.getKey(), xattr.getValue()));
            ids[i++] = shared.computeIfAbsent(ByteBuffer.wrap(entry), b -> append(entry));
        }
        return ids;
    }

    private int append(byte[] entry) {
        int at = sharedBytes.length;
        sharedBytes = java.util.Arrays.copyOf(sharedBytes, at + entry.length);
        System.arraycopy(entry, 0, sharedBytes, at, entry.length);
        return at / 4;
    }

    /** Writes the shared xattrs and a superblock that knows of them. */
    public void finish() throws IOException {
        if (sharedBytes.length == 0) {
            return;
        }
        int size = (int) ImageFile.blocks(sharedBytes.length) * BLOCK;
        write(end, ByteBuffer.wrap(java.util.Arrays.copyOf(sharedBytes, size)));
        Superblock superblock = new Superblock(read(0, BLOCK).array());
        superblock.setSharedXattrs(end / BLOCK);
        superblock.setBlocks((end + size) / BLOCK);
        write(0, ByteBuffer.wrap(superblock.finished()));
    }

    private ByteBuffer read(long position, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            int count = channel.read(bytes, position + bytes.position());
            if (count < 0) {
                throw Failure.internal("image ends where it has an inode");
            }
        }
        return bytes.rewind();
    }

    private void write(long position, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes, position + bytes.position());
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
