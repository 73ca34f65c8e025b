package dev.gantry.linux.mount;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import dev.gantry.linux.ErrnoException;
import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A file system that is being configured (fsopen(2)). */
final class FsContext implements Closeable {
    static final int READ_ONLY = 1;
    static final int PASSIVE = 2 | 4 | 8; // nosuid, nodev, noexec

    // The numbers are the same on every architecture (asm-generic/unistd.h).
    private static final long OPEN_TREE = 428;
    private static final long FSOPEN = 430;
    private static final long FSCONFIG = 431;
    private static final long FSMOUNT = 432;
    private static final long MOVE_MOUNT = 429;

    private static final long CLOSE_ON_EXEC = 1;
    private static final long SET_FLAG = 0;
    private static final long SET_STRING = 1;
    private static final long CREATE = 6;
    private static final long AT_FDCWD = -100;
    private static final long CLONE_CLOSE_ON_EXEC = 1 | 0x80000;
    private static final long EMPTY_PATH = 0x1000;
    private static final long MOVE_FROM_EMPTY_PATH = 4;

    private static final Function SYSCALL = NativeLibrary.getInstance("c").getFunction("syscall");

    static {
        Native.register(FsContext.class, "c");
    }

    private final String type;
    private final int fd;

    private FsContext(String type, int fd) {
        this.type = type;
        this.fd = fd;
    }

    private static native int close(int fd);

    private static native long read(int fd, byte[] buffer, long size);

    static FsContext open(String type) throws ErrnoException {
        int fd = call(new Object[] {FSOPEN, bytes(type), CLOSE_ON_EXEC}, "fsopen " + type);
        return new FsContext(type, fd);
    }

    void set(String key, String value) throws ErrnoException {
        call(
                new Object[] {FSCONFIG, (long) fd, SET_STRING, bytes(key), bytes(value), 0L},
                "set " + key + " of " + type + " to " + value);
    }

    void set(String flag) throws ErrnoException {
        call(
                new Object[] {FSCONFIG, (long) fd, SET_FLAG, bytes(flag), null, 0L},
                "set " + flag + " of " + type);
    }

    /** The file system as a mount that is attached nowhere. */
    int mount(int attributes, String what) throws ErrnoException {
        try {
            call(
                    new Object[] {FSCONFIG, (long) fd, CREATE, null, null, 0L},
                    "mount " + type + " of " + what);
        } catch (ErrnoException e) {
            throw new ErrnoException(e.call() + complaint(), e.errno());
        }
        return call(
                new Object[] {FSMOUNT, (long) fd, CLOSE_ON_EXEC, (long) attributes},
                "fsmount " + type + " of " + what);
    }

    static int openTree(Path path) throws ErrnoException {
        return call(
                new Object[] {OPEN_TREE, AT_FDCWD, bytes(path.toString()), CLONE_CLOSE_ON_EXEC},
                "open_tree " + path);
    }

    /** The same, of what is open, whose mount belongs to the thread's namespace. */
    static int openTree(int fd) throws ErrnoException {
        return call(
                new Object[] {OPEN_TREE, (long) fd, bytes(""), CLONE_CLOSE_ON_EXEC | EMPTY_PATH},
                "open_tree");
    }

    /** Attaches a mount in the thread's namespace. */
    static void moveMount(int fd, String target) throws ErrnoException {
        call(
                new Object[] {
                    MOVE_MOUNT, (long) fd, bytes(""), AT_FDCWD, bytes(target), MOVE_FROM_EMPTY_PATH
                },
                "move_mount to " + target);
    }

    /** What the kernel says of the failure beside its number. */
    private String complaint() {
        byte[] text = new byte[256];
        long length = read(fd, text, text.length);
        return length <= 0
                ? ""
                : " (" + new String(text, 0, (int) length, StandardCharsets.UTF_8).strip() + ")";
    }

    private static byte[] bytes(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private static int call(Object[] arguments, String what) throws ErrnoException {
        int result = SYSCALL.invokeInt(arguments);
        if (result < 0) {
            throw new ErrnoException(what, Native.getLastError());
        }
        return result;
    }

    static void closeDescriptor(int fd) {
        close(fd);
    }

    @Override
    public void close() {
        close(fd);
    }
}
