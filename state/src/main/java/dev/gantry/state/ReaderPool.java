package dev.gantry.state;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Read connections: made when needed, at most {@link #MOST} at once, kept for the next reader. */
final class ReaderPool {
    private static final Logger LOG = LoggerFactory.getLogger(ReaderPool.class);
    static final int MOST = 8;

    private final Path file;
    private final Connections connections;
    private final Semaphore permits = new Semaphore(MOST, true);
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    ReaderPool(Path file, Connections connections) {
        this.file = file;
        this.connections = connections;
    }

    <T> T with(Database.Work<T> work) throws SQLException {
        Waiting.acquire(permits, "a reader of " + file);
        try {
            if (closed.get()) {
                throw new Failure(
                        Failure.Code.UNAVAILABLE, "the state file " + file + " is closed");
            }
            @Nullable Connection kept = idle.pollFirst();
            Connection connection = kept == null ? connections.reader() : kept;
            try {
                return work.run(connection);
            } finally {
                giveBack(connection);
            }
        } finally {
            permits.release();
        }
    }

    /** Closes what is idle; what is in use is closed when it is given back. */
    void close() {
        closed.set(true);
        dropIdle();
    }

    static void drop(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.atWarn()
                    .addKeyValue("error", e.getMessage())
                    .log("a connection to the state file did not close");
        }
    }

    private void giveBack(Connection connection) throws SQLException {
        if (connection.isClosed()) {
            return;
        }
        idle.addFirst(connection);
        if (closed.get()) {
            dropIdle();
        }
    }

    private void dropIdle() {
        for (Connection left = idle.pollFirst(); left != null; left = idle.pollFirst()) {
            drop(left);
        }
    }
}
