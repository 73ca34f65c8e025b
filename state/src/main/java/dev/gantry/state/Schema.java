package dev.gantry.state;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which version of its tables each room has in the file, and how the file gets to what the program
 * knows. The caller holds the transaction.
 */
final class Schema {
    private final Path file;
    private final Map<String, List<Migration>> known;

    Schema(Path file, List<Migration> migrations) {
        this.file = file;
        this.known = byRoom(migrations);
    }

    /** Applies what the file lacks, in the order given. */
    void upgrade(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS state_schema"
                            + " (room TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT");
        }
        Map<String, Integer> present = present(connection);
        refuseNewer(present);
        for (List<Migration> migrations : known.values()) {
            for (Migration migration : migrations) {
                if (migration.version() > present.getOrDefault(migration.room(), 0)) {
                    apply(connection, migration);
                }
            }
        }
    }

    private void refuseNewer(Map<String, Integer> present) {
        List<String> newer = new ArrayList<>();
        present.forEach(
                (room, version) -> {
                    int newest = known.getOrDefault(room, List.of()).size();
                    if (version > newest) {
                        newer.add(
                                "%s has version %d, this program knows %s"
                                        .formatted(room, version, newest == 0 ? "none" : newest));
                    }
                });
        if (!newer.isEmpty()) {
            throw Failure.precondition(
                    ("%s was written by a newer gantryd (%s): start that version again, or move the"
                                    + " file aside to begin with empty state")
                            .formatted(file, String.join("; ", newer)));
        }
    }

    private void apply(Connection connection, Migration migration) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : migration.statements()) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw SqlFailures.of(
                    "bring the tables of %s in %s to version %d"
                            .formatted(migration.room(), file, migration.version()),
                    file,
                    e);
        }
        try (var record =
                connection.prepareStatement(
                        "INSERT INTO state_schema (room, version) VALUES (?, ?)"
                                + " ON CONFLICT (room) DO UPDATE SET version = excluded.version")) {
            record.setString(1, migration.room());
            record.setInt(2, migration.version());
            record.executeUpdate();
        }
    }

    private static Map<String, Integer> present(Connection connection) throws SQLException {
        Map<String, Integer> present = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT room, version FROM state_schema")) {
            while (rows.next()) {
                present.put(rows.getString(1), rows.getInt(2));
            }
        }
        return present;
    }

    private static Map<String, List<Migration>> byRoom(List<Migration> migrations) {
        Map<String, List<Migration>> rooms = new LinkedHashMap<>();
        for (Migration migration : migrations) {
            List<Migration> room =
                    rooms.computeIfAbsent(migration.room(), name -> new ArrayList<>());
            if (migration.version() != room.size() + 1) {
                throw Failure.internal(
                        "schema version %d of %s follows version %d"
                                .formatted(migration.version(), migration.room(), room.size()));
            }
            room.add(migration);
        }
        return rooms;
    }
}
