package dev.gantry.imagestore.erofs;

import java.io.IOException;

/**
 * Places for inodes: 32 bytes apart, with what belongs behind each of them, and in one block when
 * they fit into one, as the kernel wants of data that stand behind an inode. A few blocks are open
 * at a time, since what does not fit into one often fits into another; a block that the file has
 * written out is given up.
 */
final class InodeArea {
    /** What an inode's number counts in. */
    static final int SLOT = 32;

    private static final int OPEN = 4;

    private final ImageFile file;
    private final long[] blocks = new long[OPEN];
    private final int[] used = new int[OPEN];

    InodeArea(ImageFile file) {
        this.file = file;
        java.util.Arrays.fill(used, ImageFile.BLOCK);
    }

    /** Where so many bytes are to go. */
    long place(int size) throws IOException {
        int rounded = (size + SLOT - 1) & -SLOT;
        int best = -1;
        for (int i = 0; i < OPEN; i++) {
            if (!file.isOpen(blocks[i])) {
                used[i] = ImageFile.BLOCK;
            }
            boolean fits = used[i] + rounded <= ImageFile.BLOCK;
            if (fits && (best < 0 || used[i] > used[best])) {
                best = i;
            }
        }
        return best >= 0 ? take(best, rounded) : takeFresh(rounded);
    }

    private long take(int block, int size) {
        long at = blocks[block] + used[block];
        used[block] += size;
        return at;
    }

    /** In the place of the open block that is fullest. */
    private long takeFresh(int size) throws IOException {
        int fullest = 0;
        for (int i = 1; i < OPEN; i++) {
            fullest = used[i] > used[fullest] ? i : fullest;
        }
        long count = ImageFile.blocks(size);
        long at = file.allocateMetadata(count);
        long last = at + (count - 1) * ImageFile.BLOCK;
        int inLast = (int) (size - (count - 1) * ImageFile.BLOCK);
        if (inLast < used[fullest] && file.isOpen(last)) {
            blocks[fullest] = last;
            used[fullest] = inLast;
        }
        return at;
    }
}
