package dev.gantry.state;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's state: one SQLite file, one writer at a time, readers beside it. Any thread may
 * call, virtual ones too: work should be SQL and little else, since a native call holds its carrier
 * thread. An interrupt neither stops a transaction nor is lost.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final Path file;
    private final Connections connections;
    private final ReaderPool readers;
    private final ReentrantLock writing = new ReentrantLock(true);
    private @Nullable Connection writer;
    private boolean closed;

    /** What is done with a connection inside a transaction. It must not keep the connection. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** {@link Work} without a result. */
    @FunctionalInterface
    public interface Action {
        void run(Connection connection) throws SQLException;
    }

    private Database(Path file) {
        this.file = file;
        this.connections = new Connections(file);
        this.readers = new ReaderPool(file, connections);
    }

    /**
     * Opens or makes the file (mode 0600, missing directories 0700), checks it, and brings each
     * room's tables to the newest version in one transaction.
     *
     * @throws Failure FAILED_PRECONDITION when a newer program wrote the file, DATA_LOSS when it is
     *     damaged or no SQLite file; the message says what to do
     */
    public static Database open(Path file, List<Migration> migrations) {
        Database database = new Database(file.toAbsolutePath().normalize());
        database.connections.createFile();
        Schema schema = new Schema(database.file, migrations);
        try {
            database.update(
                    connection -> {
                        database.connections.verify(connection);
                        schema.upgrade(connection);
                    });
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /**
     * Runs the work alone in a transaction that is committed when it returns and rolled back when
     * it throws anything.
     *
     * @throws Failure for an SQLException: ALREADY_EXISTS for a duplicate key, RESOURCE_EXHAUSTED
     *     for a full disk; what the work throws unchecked passes as it is
     */
    public <T> T write(Work<T> work) {
        if (writing.isHeldByCurrentThread()) {
            throw Failure.internal("a write to " + file + " was started inside another one");
        }
        Waiting.lock(writing, "the writer of " + file);
        try {
            return transaction(writer(), "BEGIN IMMEDIATE", work);
        } catch (SQLException e) {
            throw SqlFailures.of("write to " + file, file, e);
        } finally {
            writing.unlock();
        }
    }

    /** {@link #write} without a result. */
    public void update(Action action) {
        write(
                connection -> {
                    action.run(connection);
                    return true;
                });
    }

    /**
     * Runs the work on one consistent view of the last committed state; inside a {@link #write}, on
     * that transaction's view. Writing fails.
     */
    public <T> T read(Work<T> work) {
        try {
            if (writing.isHeldByCurrentThread()) {
                return work.run(writer());
            }
            return readers.with(connection -> transaction(connection, "BEGIN", work));
        } catch (SQLException e) {
            throw SqlFailures.of("read of " + file, file, e);
        }
    }

    @Override
    public void close() {
        Waiting.lock(writing, "the writer of " + file);
        try {
            closed = true;
            readers.close();
            dropWriter();
        } finally {
            writing.unlock();
        }
    }

    private Connection writer() throws SQLException {
        if (closed) {
            throw new Failure(Failure.Code.UNAVAILABLE, "the state file " + file + " is closed");
        }
        Connection current = writer;
        if (current == null || current.isClosed()) {
            current = connections.writer();
            writer = current;
        }
        return current;
    }

    private <T> T transaction(Connection connection, String begin, Work<T> work)
            throws SQLException {
        execute(connection, begin);
        boolean done = false;
        try {
            T result = work.run(connection);
            execute(connection, "COMMIT");
            done = true;
            return result;
        } finally {
            if (!done) {
                rollback(connection);
            }
        }
    }

    /** A connection whose transaction cannot be ended is closed: that ends it in any case. */
    private void rollback(Connection connection) {
        try {
            execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            LOG.atDebug()
                    .addKeyValue("file", file)
                    .addKeyValue("error", e.getMessage())
                    .log("a transaction did not roll back; its connection is dropped");
            ReaderPool.drop(connection);
        }
    }

    private void dropWriter() {
        Connection current = writer;
        writer = null;
        if (current != null) {
            ReaderPool.drop(current);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
