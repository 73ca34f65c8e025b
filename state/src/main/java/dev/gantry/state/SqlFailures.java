package dev.gantry.state;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite said, in an operator's words; the codes are those of sqlite.org/rescode.html. */
final class SqlFailures {
    private static final int PRIMARY = 0xff;

    private SqlFailures() {}

    static Failure of(String what, Path file, SQLException cause) {
        SQLiteErrorCode result =
                cause instanceof SQLiteException sqlite
                        ? sqlite.getResultCode()
                        : SQLiteErrorCode.UNKNOWN_ERROR;
        String said = what + " failed: " + cause.getMessage();
        return switch (SQLiteErrorCode.getErrorCode(result.code & PRIMARY)) {
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                    new Failure(Failure.Code.DATA_LOSS, said + "; " + whenCorrupt(file), cause);
            case SQLITE_FULL ->
                    new Failure(
                            Failure.Code.RESOURCE_EXHAUSTED,
                            said + "; free space on the file system of " + file,
                            cause);
            case SQLITE_BUSY, SQLITE_LOCKED ->
                    new Failure(
                            Failure.Code.UNAVAILABLE,
                            said + "; another process holds " + file + " (see fuser " + file + ")",
                            cause);
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM ->
                    new Failure(
                            Failure.Code.FAILED_PRECONDITION,
                            said + "; " + file + " and its directory must be writable",
                            cause);
            case SQLITE_CONSTRAINT ->
                    new Failure(
                            isDuplicate(result)
                                    ? Failure.Code.ALREADY_EXISTS
                                    : Failure.Code.INTERNAL,
                            said,
                            cause);
            default -> new Failure(Failure.Code.INTERNAL, said, cause);
        };
    }

    static String whenCorrupt(Path file) {
        return ("stop gantryd, move %s, %s-wal and %s-shm aside (or restore them from a backup) and"
                        + " start it again; it then begins with empty state")
                .formatted(file, file, file);
    }

    private static boolean isDuplicate(SQLiteErrorCode result) {
        return result == SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY
                || result == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE;
    }
}
