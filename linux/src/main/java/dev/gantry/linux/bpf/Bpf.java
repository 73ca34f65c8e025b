package dev.gantry.linux.bpf;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.nio.file.Path;

/** The system call bpf(2), with its argument as the kernel lays it out (linux/bpf.h). */
final class Bpf {
    static final int PROG_LOAD = 5;
    static final int PROG_ATTACH = 8;
    static final int PROG_DETACH = 9;
    static final int PROG_GET_FD_BY_ID = 13;
    static final int OBJ_GET_INFO_BY_FD = 15;
    static final int PROG_QUERY = 16;

    /** As much of the union as any of these commands has; the rest of it is zero. */
    private static final int ATTRIBUTES = 128;

    private static final int O_DIRECTORY_CLOEXEC = 0x10000 | 0x80000;
    private static final int O_DIRECTORY_CLOEXEC_ARM = 0x4000 | 0x80000;
    private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
    private static final long NUMBER = ARM ? 280 : 321;
    private static final Function SYSCALL = NativeLibrary.getInstance("c").getFunction("syscall");

    static {
        Native.register(Bpf.class, "c");
    }

    private Bpf() {}

    private static native int open(String path, int flags);

    static native int close(int fd);

    /** A zeroed argument. */
    static Memory attributes() {
        Memory memory = new Memory(ATTRIBUTES);
        memory.clear();
        return memory;
    }

    /** Calls the kernel; what it answers is not negative. */
    static int call(int command, Memory attributes, String what) throws ErrnoException {
        int result =
                SYSCALL.invokeInt(
                        new Object[] {NUMBER, (long) command, attributes, (long) ATTRIBUTES});
        if (result < 0) {
            throw new ErrnoException(what, Native.getLastError());
        }
        return result;
    }

    /** A descriptor of a control group's directory. */
    static int directory(Path cgroup) throws ErrnoException {
        int fd = open(cgroup.toString(), ARM ? O_DIRECTORY_CLOEXEC_ARM : O_DIRECTORY_CLOEXEC);
        if (fd < 0) {
            throw new ErrnoException("open " + cgroup, Native.getLastError());
        }
        return fd;
    }

    /** Whether an error says that the kernel does not know what was asked for. */
    static boolean unknown(ErrnoException e) {
        return e.errno() == Errno.EINVAL || e.errno() == Errno.ENOSYS;
    }
}
