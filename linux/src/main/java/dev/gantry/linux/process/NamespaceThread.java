package dev.gantry.linux.process;

import com.sun.jna.Native;
import dev.gantry.linux.ErrnoException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that lives for one piece of work and enters network namespaces meanwhile
 * (setns(2)): what is opened on it, a socket or a file of {@code /proc/thread-self/net}, is the
 * namespace's. No process is started, and no other thread is moved.
 */
public final class NamespaceThread {
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;

    private final Thread thread;

    /** What is done on the thread. */
    @FunctionalInterface
    public interface Work<T> {
        T run(NamespaceThread here) throws IOException;
    }

    private NamespaceThread(Thread thread) {
        this.thread = thread;
    }

    /**
     * Does a piece of work and returns what it gives. The thread ends with it.
     *
     * @throws InterruptedIOException when it takes longer than the caller's patience, or the caller
     *     is interrupted; the thread is interrupted too and left to itself
     */
    public static <T> T call(Duration patience, Work<T> work) throws IOException {
        var task = new FutureTask<T>(() -> work.run(new NamespaceThread(Thread.currentThread())));
        Thread thread = Thread.ofPlatform().daemon().name("netns").start(task);
        try {
            return task.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            thread.interrupt();
            throw new InterruptedIOException(
                    "no answer from a network namespace within " + patience.toMillis() + " ms");
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted in a network namespace");
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return cause instanceof IOException e ? e : new IOException(cause);
    }

    /** Enters the network namespace that is pinned at this file; may be done again and again. */
    public void enter(Path pin) throws ErrnoException {
        if (!thread.equals(Thread.currentThread())) {
            throw new IllegalStateException("only the namespace's own thread can enter one");
        }
        int fd = ProcessCalls.open(pin.toString(), O_RDONLY_CLOEXEC);
        if (fd < 0) {
            throw new ErrnoException("open " + pin, Native.getLastError());
        }
        try {
            if (ProcessCalls.setns(fd, CLONE_NEWNET) != 0) {
                throw new ErrnoException("enter network namespace " + pin, Native.getLastError());
            }
        } finally {
            ProcessCalls.close(fd);
        }
    }
}
