package dev.gantry.linux.process;

import com.sun.jna.Native;
import dev.gantry.linux.ErrnoException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Going into another network namespace (setns(2)), a thread at a time. */
public final class NetworkNamespace {
    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 02000000;
    private static final int CLONE_NEWNET = 0x40000000;

    private NetworkNamespace() {}

    /** Something that is done in the namespace; it must not wait for the network. */
    public interface Action<T> {
        T run() throws IOException;
    }

    /**
     * Does something in the namespace that a file pins. What opens a socket there keeps it: a
     * socket stays in the namespace that it was made in. The thread is made for this and ends with
     * it, so none that has been elsewhere is used again.
     */
    public static <T> T inside(Path pin, Action<T> action) throws IOException {
        FutureTask<T> task =
                new FutureTask<>(
                        () -> {
                            enter(pin);
                            return action.run();
                        });
        Thread thread = Thread.ofPlatform().daemon().name("netns").start(task);
        try {
            thread.join();
            return task.get();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while entering " + pin);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof IOException io
                    ? io
                    : new IOException("in the network namespace " + pin, cause);
        }
    }

    private static void enter(Path pin) throws ErrnoException {
        int fd = ProcessCalls.open(pin.toString(), O_RDONLY | O_CLOEXEC, 0);
        if (fd < 0) {
            throw new ErrnoException("open " + pin, Native.getLastError());
        }
        try {
            if (ProcessCalls.setns(fd, CLONE_NEWNET) != 0) {
                throw new ErrnoException("enter " + pin, Native.getLastError());
            }
        } finally {
            ProcessCalls.close(fd);
        }
    }
}
