package dev.gantry.linux.mount;

import com.sun.jna.Native;
import dev.gantry.linux.ErrnoException;
import org.jspecify.annotations.Nullable;

/** The C library's calls of this package that have a name there, by JNA's direct mapping. */
final class MountCalls {
    static final int CLONE_FS = 0x200;
    static final int CLONE_NEWNS = 0x20000;
    static final int MNT_DETACH = 2;
    static final long REC_PRIVATE = 0x4000 | 0x40000;

    private static final long PIVOT_ROOT =
            switch (System.getProperty("os.arch", "")) {
                case "amd64", "x86_64" -> 155;
                case "aarch64" -> 41;
                default -> -1;
            };
    private static final int OPEN = 0x80000; // O_RDONLY, O_CLOEXEC

    static {
        Native.register("c");
    }

    private MountCalls() {}

    private static native int open(String path, int flags);

    private static native int close(int fd);

    private static native int unshare(int flags);

    private static native int setns(int fd, int kind);

    private static native int mount(
            @Nullable String source,
            String target,
            @Nullable String type,
            long flags,
            @Nullable String data);

    private static native int umount2(String target, int flags);

    private static native int mkdir(String path, int mode);

    private static native int rmdir(String path);

    private static native int fchdir(int fd);

    private static native int chroot(String path);

    private static native long syscall(long number, String one, String two);

    static int openFile(String path) throws ErrnoException {
        return checked(open(path, OPEN), "open " + path);
    }

    static void closeFile(int fd) {
        close(fd);
    }

    /** Parts the thread from what it shares with others. */
    static void part(int flags) throws ErrnoException {
        checked(unshare(flags), "unshare");
    }

    static void enter(int namespace) throws ErrnoException {
        checked(setns(namespace, CLONE_NEWNS), "enter a mount namespace");
    }

    static void makePrivate() throws ErrnoException {
        checked(mount(null, "/", null, REC_PRIVATE, null), "make mounts private");
    }

    /** Makes an open directory, the root of a mount, the root of the thread's namespace. */
    static void pivot(int directory) throws ErrnoException {
        checked(fchdir(directory), "fchdir");
        checked((int) syscall(PIVOT_ROOT, ".", "."), "pivot_root");
        checked(umount2(".", MNT_DETACH), "detach the old root");
    }

    /** Makes an open directory the thread's root. */
    static void root(int directory) throws ErrnoException {
        checked(fchdir(directory), "fchdir");
        checked(chroot("."), "chroot");
    }

    static void makeDirectory(String path) throws ErrnoException {
        checked(mkdir(path, 0700), "mkdir " + path);
    }

    static void detach(String path) throws ErrnoException {
        checked(umount2(path, MNT_DETACH), "umount " + path);
    }

    static void removeDirectory(String path) throws ErrnoException {
        checked(rmdir(path), "rmdir " + path);
    }

    private static int checked(int result, String what) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(what, Native.getLastError());
        }
        return result;
    }
}
