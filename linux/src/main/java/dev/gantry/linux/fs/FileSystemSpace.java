package dev.gantry.linux.fs;

import com.sun.jna.Native;
import dev.gantry.linux.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The room of a whole file system (statvfs(3)).
 *
 * @param bytes of the file system
 * @param inodes 0 where the file system makes them as it needs them
 */
public record FileSystemSpace(long bytes, long freeBytes, long inodes, long freeInodes) {
    // struct statvfs of 64-bit machines: f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files,
    // f_ffree, …
    private static final int SIZE = 256;

    /** The file system that a path lies on. */
    public static FileSystemSpace of(Path path) throws ErrnoException {
        byte[] answer = new byte[SIZE];
        if (LibC.statvfs(PathBytes.of(path.toString()).terminated(), answer) != 0) {
            throw new ErrnoException("statvfs " + path, Native.getLastError());
        }
        ByteBuffer words = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
        long block = words.getLong(8);
        return new FileSystemSpace(
                block * words.getLong(16),
                block * words.getLong(24),
                words.getLong(40),
                words.getLong(48));
    }
}
