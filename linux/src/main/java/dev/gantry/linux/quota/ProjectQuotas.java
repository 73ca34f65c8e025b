package dev.gantry.linux.quota;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The project quotas of the file system that a directory lies on (ext4, xfs, f2fs): quotactl_fd(2),
 * which Linux has since 5.14. Ids are unsigned numbers of 32 bits.
 *
 * @param directory any directory of the file system
 */
public record ProjectQuotas(Path directory) {
    private static final int GET = 0x800007;
    private static final int SET = 0x800008;
    private static final int NEXT = 0x800009;
    private static final int STATE = 'X' << 8 | 8;

    private static final int STATE_SIZE = 256;
    private static final int ACCOUNTING = 1 << 4;
    private static final int ENFORCED = 1 << 5;

    /** struct if_nextdqblk, which begins as struct if_dqblk does. */
    private static final int SIZE = 72;

    private static final int HARD_BLOCKS = 0;
    private static final int BYTES = 16;
    private static final int INODES = 40;
    private static final int VALID = 64;
    private static final int ID = 68;
    private static final int BLOCK_LIMITS = 1;
    private static final int BLOCK = 1024;

    /**
     * What the file system does about projects.
     *
     * @param accounting whether it counts what each takes
     * @param enforced whether it holds them to their limits, too
     */
    public record State(boolean accounting, boolean enforced) {}

    /**
     * What a project takes.
     *
     * @param limit bytes that it may take; 0 when there is no limit
     */
    public record Usage(long bytes, long inodes, long limit) {
        public static final Usage NONE = new Usage(0, 0, 0);
    }

    /** Neither, where kernel or file system have no quotas at all. */
    public State state() throws ErrnoException {
        byte[] state = new byte[STATE_SIZE];
        state[0] = 1; // The version of the structure.
        try {
            QuotaCalls.quota(directory, STATE, 0, state, "get the quota state of");
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOSYS || e.errno() == Errno.EINVAL) {
                return new State(false, false);
            }
            throw e;
        }
        int flags = QuotaCalls.view(state).getShort(2);
        return new State((flags & ACCOUNTING) != 0, (flags & ENFORCED) != 0);
    }

    /** What one takes; nothing, for one that the file system has never heard of. */
    public Usage usage(long id) throws ErrnoException {
        byte[] answer = new byte[SIZE];
        try {
            QuotaCalls.quota(directory, GET, id, answer, "get the quota of " + id + " on");
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) {
                return Usage.NONE;
            }
            throw e;
        }
        ByteBuffer view = QuotaCalls.view(answer);
        return new Usage(
                view.getLong(BYTES), view.getLong(INODES), view.getLong(HARD_BLOCKS) * BLOCK);
    }

    /**
     * Sets how much a project may take, in whole KiB.
     *
     * @param bytes 0 for no limit
     */
    public void limit(long id, long bytes) throws ErrnoException {
        byte[] limits = new byte[SIZE];
        QuotaCalls.view(limits)
                .putLong(HARD_BLOCKS, Math.ceilDiv(bytes, BLOCK))
                .putInt(VALID, BLOCK_LIMITS);
        QuotaCalls.quota(directory, SET, id, limits, "set the quota of " + id + " on");
    }

    /** The first project from an id on that has a limit or takes anything. */
    public OptionalLong next(long id) throws ErrnoException {
        byte[] answer = new byte[SIZE];
        try {
            QuotaCalls.quota(directory, NEXT, id, answer, "list the quotas of");
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESRCH) {
                return OptionalLong.empty();
            }
            throw e;
        }
        long found = Integer.toUnsignedLong(QuotaCalls.view(answer).getInt(ID));
        return found < id ? OptionalLong.empty() : OptionalLong.of(found);
    }
}
