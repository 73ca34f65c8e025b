package dev.gantry.runtime;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;

/**
 * The standard streams of a process in a container, and its end: of a command that was run in it,
 * or of its first process, attached to.
 *
 * <p>Everything blocks, costs no platform thread while it does, and throws {@code Failure} or an
 * {@code IOException} of the stream. Each stream may be used from a thread of its own; a stream
 * that nobody reads holds up a command, but never an attached container: what it leaves unread
 * beyond 4 MiB costs it its attachment.
 */
public interface ProcessStreams extends AutoCloseable {
    /** Of a command, as the node sees it; 0 of a container that is attached to. */
    default int pid() {
        return 0;
    }

    /**
     * When a container was attached to: of its log, lines up to then were written before, and all
     * that comes after them is in these streams. Empty of a command, and of a shim that does not
     * say it.
     */
    default Optional<Instant> attachedAt() {
        return Optional.empty();
    }

    /** Closing it is the half-close. It takes and drops everything when stdin was not asked for. */
    OutputStream stdin();

    /** What the process writes; for a terminal all of it. */
    InputStream stdout();

    /** At its end at once for a terminal, or when it was not asked for. */
    InputStream stderr();

    /** Changes the terminal's size; FAILED_PRECONDITION when there is no terminal. */
    void resize(int rows, int columns);

    /**
     * Waits for the end of the process and returns its exit code, 0 to 255 (128 + signal when one
     * ended it). What the process wrote may still be unread then, and others may still hold the
     * streams open. CANCELLED when interrupted.
     */
    int await();

    /**
     * Ends a command by killing its process group, unless it was started detached; detaches from a
     * container. Idempotent.
     */
    @Override
    void close();
}
