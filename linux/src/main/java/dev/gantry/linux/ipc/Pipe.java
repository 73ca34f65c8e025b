package dev.gantry.linux.ipc;

import com.sun.jna.Memory;
import dev.gantry.linux.ErrnoException;

/** A pipe, closed on exec. */
public record Pipe(Descriptor reader, Descriptor writer) implements AutoCloseable {
    private static final int O_CLOEXEC = 02000000;
    private static final int O_NONBLOCK = 04000;
    private static final int F_SETFL = 4;

    /** A pipe whose reading end does not block. */
    public static Pipe open() throws ErrnoException {
        Pipe pipe = blocking();
        try {
            Sys.check(Fcntl.fcntl(pipe.reader.fd(), F_SETFL, (long) O_NONBLOCK), "fcntl");
            return pipe;
        } catch (ErrnoException e) {
            pipe.close();
            throw e;
        }
    }

    /** A pipe both ends of which block: one is another process'. */
    public static Pipe blocking() throws ErrnoException {
        try (Memory fds = new Memory(8)) {
            Sys.check(Sys.pipe2(fds, O_CLOEXEC), "pipe2");
            return new Pipe(new Descriptor(fds.getInt(0)), new Descriptor(fds.getInt(4)));
        }
    }

    @Override
    public void close() {
        reader.close();
        writer.close();
    }
}
