package dev.gantry.linux.fs;

import com.sun.jna.Native;

/**
 * The C library's file calls, mapped directly. Strings are NUL-terminated; numbers are the
 * kernel's, the same on x86-64 and arm64 except the open flags in {@link Open}.
 */
final class LibC {
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_EMPTY_PATH = 0x1000;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int openat(int directory, byte[] path, int flags, int mode);

    static native int mkdirat(int directory, byte[] path, int mode);

    static native int symlinkat(byte[] target, int directory, byte[] path);

    static native int linkat(
            int oldDirectory, byte[] oldPath, int newDirectory, byte[] newPath, int flags);

    static native int mknodat(int directory, byte[] path, int mode, long device);

    static native int unlinkat(int directory, byte[] path, int flags);

    static native int renameat(int oldDirectory, byte[] oldPath, int newDirectory, byte[] newPath);

    static native int fchownat(int directory, byte[] path, int uid, int gid, int flags);

    static native int fchmodat(int directory, byte[] path, int mode, int flags);

    static native int utimensat(int directory, byte[] path, long[] times, int flags);

    static native int fchown(int fd, int uid, int gid);

    static native int fchmod(int fd, int mode);

    static native int futimens(int fd, long[] times);

    static native int ftruncate(int fd, long length);

    static native int fsetxattr(int fd, byte[] name, byte[] value, long size, int flags);

    static native int lsetxattr(byte[] path, byte[] name, byte[] value, long size, int flags);

    static native long lgetxattr(byte[] path, byte[] name, byte[] value, long size);

    static native long llistxattr(byte[] path, byte[] list, long size);

    static native int statx(int directory, byte[] path, int flags, int mask, byte[] buffer);

    static native long readlinkat(int directory, byte[] path, byte[] buffer, long size);

    static native long getdents64(int fd, byte[] buffer, long size);

    static native long lseek(int fd, long offset, int whence);

    static native long pwrite(int fd, long address, long count, long offset);

    static native long pread(int fd, long address, long count, long offset);

    static native long read(int fd, byte[] buffer, long count);

    static native int statvfs(byte[] path, byte[] answer);

    static native int posix_fadvise(int fd, long offset, long length, int advice);

    static native int sync_file_range(int fd, long offset, long length, int flags);

    static native int fsync(int fd);

    static native int syncfs(int fd);

    static native int close(int fd);

    static native long syscall(long number, long directory, byte[] path, long[] how, long size);
}
