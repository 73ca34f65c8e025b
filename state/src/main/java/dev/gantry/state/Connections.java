package dev.gantry.state;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** Opens connections to one file, each with the pragmas that the package description promises. */
final class Connections {
    /** How long SQLite waits for another process's lock, in milliseconds; ours wait in Java. */
    private static final int BUSY_TIMEOUT_MILLIS = 10_000;

    /** What the WAL file is cut back to after a checkpoint, in bytes. */
    private static final int JOURNAL_LIMIT_BYTES = 16 << 20;

    private final Path file;

    Connections(Path file) {
        this.file = file;
    }

    /** Makes the file, mode 0600, and missing directories above it, mode 0700. */
    void createFile() {
        if (file.toString().contains("?")) {
            throw Failure.invalid("the state file " + file + " must not have a \"?\" in its path");
        }
        try {
            Path directory = file.getParent();
            if (directory != null && !Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
            // SQLite gives -wal and -shm the mode of the main file.
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isRegularFile(file)) {
                throw new Failure(
                        Failure.Code.FAILED_PRECONDITION,
                        "open the state file: " + e.getFile() + " exists and is not as needed",
                        e);
            }
        } catch (IOException e) {
            throw Failure.of("create the state file " + file, e);
        }
    }

    Connection writer() throws SQLException {
        SQLiteConfig config = common();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.NORMAL);
        config.setJournalSizeLimit(JOURNAL_LIMIT_BYTES);
        return config.createConnection(url());
    }

    Connection reader() throws SQLException {
        Connection connection = common().createConnection(url());
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = 1");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Looks through the whole file; DATA_LOSS says what was found and what to do. */
    void verify(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA quick_check(1)")) {
            String found = rows.next() ? rows.getString(1) : "nothing";
            if (!found.equals("ok")) {
                throw new Failure(
                        Failure.Code.DATA_LOSS,
                        "the state file %s is damaged (SQLite's check says: %s); %s"
                                .formatted(file, found, SqlFailures.whenCorrupt(file)));
            }
        }
    }

    private SQLiteConfig common() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.enforceForeignKeys(true);
        return config;
    }

    private String url() {
        return "jdbc:sqlite:" + file;
    }
}
