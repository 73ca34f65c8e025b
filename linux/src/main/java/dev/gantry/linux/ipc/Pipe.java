package dev.gantry.linux.ipc;

import com.sun.jna.Memory;
import dev.gantry.linux.ErrnoException;

/** A pipe, closed on exec; its reading end does not block. */
public record Pipe(Descriptor reader, Descriptor writer) implements AutoCloseable {
    private static final int O_CLOEXEC = 02000000;
    private static final int O_NONBLOCK = 04000;
    private static final int F_SETFL = 4;

    public static Pipe open() throws ErrnoException {
        try (Memory fds = new Memory(8)) {
            Sys.check(Sys.pipe2(fds, O_CLOEXEC), "pipe2");
            Pipe pipe = new Pipe(new Descriptor(fds.getInt(0)), new Descriptor(fds.getInt(4)));
            Sys.check(Fcntl.fcntl(pipe.reader.fd(), F_SETFL, (long) O_NONBLOCK), "fcntl");
            return pipe;
        }
    }

    @Override
    public void close() {
        reader.close();
        writer.close();
    }
}
