package dev.gantry.imagestore.erofs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/** The first block: 1024 bytes for nobody, the superblock, and behind it the root's inode. */
final class Superblock {
    /** Where the root's inode is: its number has only 16 bits. */
    static final int ROOT_AT = 1152;

    private static final int AT = 1024;
    private static final int CHECKSUM_AT = AT + 4;
    private static final int BLOCKS_AT = AT + 36;
    private static final int UUID_AT = AT + 48;
    private static final int UUID_BYTES = 16;
    private static final int SHARED_XATTRS_AT = AT + 44;
    private static final int MAGIC = 0xE0F5E1E2;
    private static final int CHECKSUM_AND_MTIME = 1 | 2;
    private static final int CHUNKED = 4;

    private final ByteBuffer block;

    Superblock(byte[] block) {
        this.block = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A new one. */
    static Superblock of(long inodes, boolean chunked) {
        Superblock made = new Superblock(new byte[ImageFile.BLOCK]);
        UUID uuid = UUID.randomUUID(); // overlayfs wants each of its layers to have its own
        made.block.putInt(AT, MAGIC).putInt(AT + 8, CHECKSUM_AND_MTIME);
        made.block.put(AT + 12, (byte) 12);
        made.block.putShort(AT + 14, (short) (ROOT_AT / InodeArea.SLOT)).putLong(AT + 16, inodes);
        made.block.putLong(UUID_AT, Long.reverseBytes(uuid.getMostSignificantBits()));
        made.block.putLong(UUID_AT + 8, Long.reverseBytes(uuid.getLeastSignificantBits()));
        made.block.putInt(AT + 80, chunked ? CHUNKED : 0);
        return made;
    }

    /** Puts something behind the superblock. */
    void put(int position, byte[] bytes) {
        block.put(position, bytes);
    }

    void setBlocks(long blocks) {
        block.putInt(BLOCKS_AT, (int) blocks);
    }

    /** The first block of the shared xattrs. */
    void setSharedXattrs(long address) {
        block.putInt(SHARED_XATTRS_AT, (int) address);
    }

    /** The block with its checksum: crc32c without the final inversion. */
    byte[] finished() {
        block.putInt(CHECKSUM_AT, checksum());
        return block.array();
    }

    private int checksum() {
        byte[] bytes = block.array().clone();
        Arrays.fill(bytes, CHECKSUM_AT, CHECKSUM_AT + Integer.BYTES, (byte) 0);
        CRC32C crc = new CRC32C();
        crc.update(bytes, AT, ImageFile.BLOCK - AT);
        return (int) ~crc.getValue();
    }

    /** Whether it is a superblock with the right checksum. */
    boolean isSound() {
        return block.getInt(AT) == MAGIC && block.getInt(CHECKSUM_AT) == checksum();
    }

    /** The block without what tells it from another of the same content. */
    byte[] withoutIdentity() {
        byte[] bytes = block.array().clone();
        Arrays.fill(bytes, CHECKSUM_AT, CHECKSUM_AT + Integer.BYTES, (byte) 0);
        Arrays.fill(bytes, UUID_AT, UUID_AT + UUID_BYTES, (byte) 0);
        return bytes;
    }
}
