package dev.gantry.linux.process;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.time.Duration;
import java.util.Optional;

/**
 * A process held by a descriptor (pidfd_open(2)), so that a signal cannot reach another one that
 * got its number since.
 */
public final class PidFd implements AutoCloseable {
    // The numbers are the same on every architecture (asm-generic/unistd.h).
    private static final long PIDFD_SEND_SIGNAL = 424;
    private static final long PIDFD_OPEN = 434;
    private static final Function SYSCALL = NativeLibrary.getInstance("c").getFunction("syscall");

    private final int pid;
    private final int fd;

    private PidFd(int pid, int fd) {
        this.pid = pid;
        this.fd = fd;
    }

    /** The process of this number, or empty when there is none. */
    public static Optional<PidFd> open(int pid) throws ErrnoException {
        int fd = SYSCALL.invokeInt(new Object[] {PIDFD_OPEN, (long) pid, 0L});
        if (fd >= 0) {
            return Optional.of(new PidFd(pid, fd));
        }
        int errno = Native.getLastError();
        if (errno == Errno.ESRCH || errno == Errno.EINVAL) {
            return Optional.empty();
        }
        throw new ErrnoException("pidfd_open " + pid, errno);
    }

    /** Sends a signal; false when the process has ended. */
    public boolean signal(int signal) throws ErrnoException {
        int result =
                SYSCALL.invokeInt(
                        new Object[] {PIDFD_SEND_SIGNAL, (long) fd, (long) signal, 0L, 0L});
        if (result == 0) {
            return true;
        }
        int errno = Native.getLastError();
        if (errno == Errno.ESRCH) {
            return false;
        }
        throw new ErrnoException("signal %d to process %d".formatted(signal, pid), errno);
    }

    /** Waits for the end of the process; false when the time is over. For a platform thread. */
    public boolean awaitEnd(Duration timeout) throws ErrnoException {
        try (Memory poll = new Memory(8)) {
            poll.setInt(0, fd);
            poll.setShort(4, (short) 1);
            poll.setShort(6, (short) 0);
            int millis = Math.clamp(timeout.toMillis(), 0, Integer.MAX_VALUE);
            int count = ProcessCalls.poll(poll, 1, millis);
            if (count < 0 && Native.getLastError() != Errno.EINTR) {
                throw new ErrnoException("poll process " + pid, Native.getLastError());
            }
            return count > 0;
        }
    }

    @Override
    public void close() {
        ProcessCalls.close(fd);
    }
}
