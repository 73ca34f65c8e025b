package dev.gantry.local;

import dev.gantry.state.Database;
import dev.gantry.state.Migration;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Rows of {@code local_containers}. */
final class EntryTable {
    private static final String TABLE =
            """
            CREATE TABLE local_containers (
              id TEXT PRIMARY KEY,
              name TEXT NOT NULL UNIQUE,
              pod TEXT NOT NULL,
              created TEXT NOT NULL,
              complete INTEGER NOT NULL,
              removing INTEGER NOT NULL,
              remove_volumes INTEGER NOT NULL,
              started INTEGER NOT NULL,
              stopped INTEGER NOT NULL,
              settled INTEGER NOT NULL,
              restarts INTEGER NOT NULL,
              settings TEXT NOT NULL,
              health TEXT NOT NULL
            ) STRICT""";

    /** Steps are in the engine's journal now. */
    private static final String STEPS =
            """
            CREATE TABLE local_steps (
              number INTEGER PRIMARY KEY AUTOINCREMENT,
              container TEXT NOT NULL,
              name TEXT NOT NULL,
              at TEXT NOT NULL,
              took INTEGER NOT NULL,
              what TEXT NOT NULL,
              error TEXT NOT NULL
            ) STRICT""";

    private final Database database;

    EntryTable(Database database) {
        this.database = database;
    }

    static List<Migration> migrations() {
        return List.of(
                new Migration("local", 1, List.of(TABLE, STEPS)),
                new Migration("local", 2, List.of("DROP TABLE local_steps")));
    }

    List<Entry> all() {
        return database.read(
                c -> {
                    List<Entry> entries = new ArrayList<>();
                    try (PreparedStatement s =
                                    c.prepareStatement("SELECT * FROM local_containers");
                            ResultSet row = s.executeQuery()) {
                        while (row.next()) {
                            entries.add(read(row));
                        }
                    }
                    return entries;
                });
    }

    void insert(Entry entry) {
        write(
                """
                INSERT INTO local_containers (name, pod, created, complete, removing,
                  remove_volumes, started, stopped, settled, restarts, settings, health, id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                entry);
    }

    void update(Entry entry) {
        write(
                """
                UPDATE local_containers SET name = ?, pod = ?, created = ?, complete = ?,
                  removing = ?, remove_volumes = ?, started = ?, stopped = ?, settled = ?,
                  restarts = ?, settings = ?, health = ? WHERE id = ?""",
                entry);
    }

    void delete(String id) {
        database.write(
                c -> {
                    try (PreparedStatement s =
                            c.prepareStatement("DELETE FROM local_containers WHERE id = ?")) {
                        s.setString(1, id);
                        return s.executeUpdate();
                    }
                });
    }

    private void write(String sql, Entry entry) {
        database.write(c -> write(c, sql, entry));
    }

    private static int write(Connection c, String sql, Entry entry) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            s.setString(1, entry.name());
            s.setString(2, entry.podId());
            s.setString(3, entry.createdAt().toString());
            s.setBoolean(4, entry.complete());
            s.setBoolean(5, entry.removing());
            s.setBoolean(6, entry.removeVolumes());
            s.setBoolean(7, entry.started());
            s.setBoolean(8, entry.stopped());
            s.setBoolean(9, entry.settled());
            s.setInt(10, entry.restarts());
            s.setString(11, Json.write(entry.settings()));
            s.setString(12, Json.write(entry.health()));
            s.setString(13, entry.id());
            return s.executeUpdate();
        }
    }

    private static Entry read(ResultSet row) throws SQLException {
        return new Entry(
                row.getString("id"),
                row.getString("name"),
                row.getString("pod"),
                Instant.parse(row.getString("created")),
                row.getBoolean("complete"),
                row.getBoolean("removing"),
                row.getBoolean("remove_volumes"),
                row.getBoolean("started"),
                row.getBoolean("stopped"),
                row.getBoolean("settled"),
                row.getInt("restarts"),
                Json.read(row.getString("settings"), ContainerSpec.Settings.class),
                Json.read(row.getString("health"), HealthState.class));
    }
}
