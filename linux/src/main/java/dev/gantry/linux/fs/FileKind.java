package dev.gantry.linux.fs;

/**
 * Kinds of file with their type bits in a mode (inode(7)) and their number in a listing (getdents).
 */
public enum FileKind {
    REGULAR(0100000),
    DIRECTORY(0040000),
    SYMLINK(0120000),
    CHARACTER(0020000),
    BLOCK(0060000),
    FIFO(0010000),
    SOCKET(0140000),
    UNKNOWN(0);

    private final int bits;

    FileKind(int bits) {
        this.bits = bits;
    }

    /** The S_IFMT bits. */
    public int bits() {
        return bits;
    }

    static FileKind ofMode(int bits) {
        for (FileKind kind : values()) {
            if (kind.bits == bits) {
                return kind;
            }
        }
        return UNKNOWN;
    }

    /** DT_ numbers are the type bits shifted (dirent.h, IFTODT). */
    static FileKind ofListing(int number) {
        return ofMode(number << 12);
    }
}
