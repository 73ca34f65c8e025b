package dev.gantry.linux.fs;

import com.sun.jna.Native;
import dev.gantry.linux.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What statx(2) tells of a file.
 *
 * @param device major << 32 | minor of the file system
 * @param mode type and permission bits
 * @param links hard links
 * @param deviceMajor of a device node itself
 */
public record FileStatus(
        long device,
        long inode,
        int mode,
        long links,
        long uid,
        long gid,
        long size,
        long blocks,
        int deviceMajor,
        int deviceMinor,
        Timestamp accessed,
        Timestamp modified) {
    private static final int BASIC = 0x7ff;
    private static final int SIZE = 256;
    private static final int TYPE = 0170000;

    /** statx, relative to a directory descriptor. */
    static FileStatus at(int directory, PathBytes path, int flags, PathBytes shown)
            throws ErrnoException {
        byte[] buffer = new byte[SIZE];
        if (LibC.statx(directory, path.terminated(), flags, BASIC, buffer) < 0) {
            throw new ErrnoException("stat " + shown, Native.getLastError());
        }
        return parse(ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder()));
    }

    private static FileStatus parse(ByteBuffer statx) {
        return new FileStatus(
                (statx.getInt(136) & 0xffffffffL) << 32 | (statx.getInt(140) & 0xffffffffL),
                statx.getLong(32),
                statx.getShort(28) & 0xffff,
                statx.getInt(16) & 0xffffffffL,
                statx.getInt(20) & 0xffffffffL,
                statx.getInt(24) & 0xffffffffL,
                statx.getLong(40),
                statx.getLong(48),
                statx.getInt(128),
                statx.getInt(132),
                new Timestamp(statx.getLong(64), statx.getInt(72)),
                new Timestamp(statx.getLong(112), statx.getInt(120)));
    }

    public FileKind kind() {
        return FileKind.ofMode(mode & TYPE);
    }

    public boolean isDirectory() {
        return kind() == FileKind.DIRECTORY;
    }

    /** Whether it is overlayfs' mark of a removed name: a character device 0/0. */
    public boolean isWhiteout() {
        return kind() == FileKind.CHARACTER && deviceMajor == 0 && deviceMinor == 0;
    }

    /** The twelve permission bits. */
    public int permissions() {
        return mode & 07777;
    }
}
