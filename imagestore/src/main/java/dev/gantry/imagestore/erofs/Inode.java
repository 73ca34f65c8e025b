package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.FileKind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An inode of 64 bytes (struct erofs_inode_extended): whole times and ids.
 *
 * @param layout where the data are
 * @param xattrs bytes of the xattr area
 * @param where address of the first data block, device number or chunk format, by kind and layout
 * @param number a serial number, for systems of 32 bits
 */
record Inode(
        Layout layout,
        FileKind kind,
        Attributes attributes,
        int xattrs,
        long size,
        int where,
        int number,
        int links) {
    static final int SIZE = 64;
    static final int XATTRS_AT = 2;
    static final int MODE_AT = 4;
    static final int UID_AT = 24;
    static final int MTIME_AT = 32;
    static final int LINKS_AT = 44;

    /** Of enum EROFS_INODE_*. */
    enum Layout {
        PLAIN(0),
        /** The last, partial block stands behind the inode. */
        INLINE(2),
        /** A table of chunks, with holes. */
        CHUNKS(4);

        private final int number;

        Layout(int number) {
            this.number = number;
        }
    }

    byte[] bytes() {
        ByteBuffer inode = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        inode.putShort((short) (1 | layout.number << 1));
        inode.putShort((short) Xattr.count(xattrs));
        inode.putShort((short) (kind.bits() | attributes.permissions())).putShort((short) 0);
        inode.putLong(size).putInt(where).putInt(number);
        inode.putInt((int) attributes.uid()).putInt((int) attributes.gid());
        inode.putLong(attributes.modified().seconds()).putInt(attributes.modified().nanos());
        inode.putInt(links);
        return inode.array();
    }

    /** A device's number as the kernel encodes it in 32 bits. */
    static int device(int major, int minor) {
        return (minor & 0xff) | major << 8 | (minor & ~0xff) << 12;
    }
}
