package dev.gantry.linux.process;

import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;

/** Signals by number. */
public final class Signals {
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    public static final int SIGSTOP = 19;

    private Signals() {}

    /**
     * Sends a signal to a process of a number that is known to be still the right one, e.g. read
     * from its control group a moment ago; false when there is none.
     */
    public static boolean send(int pid, int signal) throws ErrnoException {
        if (pid <= 1) {
            throw new ErrnoException("kill " + pid, Errno.EINVAL);
        }
        if (ProcessCalls.kill(pid, signal) == 0) {
            return true;
        }
        int errno = Native.getLastError();
        if (errno == Errno.ESRCH) {
            return false;
        }
        throw new ErrnoException("signal %d to process %d".formatted(signal, pid), errno);
    }
}
