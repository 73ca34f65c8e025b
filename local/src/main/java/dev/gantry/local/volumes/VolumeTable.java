package dev.gantry.local.volumes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.gantry.model.Failure;
import dev.gantry.state.Database;
import dev.gantry.state.Migration;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The volumes' records, and which containers use which. */
final class VolumeTable {
    static final List<Migration> MIGRATIONS =
            List.of(
                    new Migration(
                            "volumes",
                            1,
                            List.of(
                                    """
                                    CREATE TABLE volume (
                                      name      TEXT PRIMARY KEY,
                                      labels    TEXT NOT NULL,    -- JSON
                                      options   TEXT NOT NULL,    -- JSON
                                      created   INTEGER NOT NULL, -- milliseconds since the epoch
                                      anonymous INTEGER NOT NULL
                                    ) STRICT
                                    """,
                                    """
                                    CREATE TABLE volume_use (
                                      container TEXT NOT NULL,    -- id
                                      volume    TEXT NOT NULL REFERENCES volume (name),
                                      PRIMARY KEY (container, volume)
                                    ) STRICT
                                    """,
                                    "CREATE INDEX volume_use_volume ON volume_use (volume)")));

    /** A row; {@code usedBy} are containers' ids. */
    record Row(
            String name,
            Map<String, String> labels,
            Map<String, String> options,
            Instant created,
            boolean anonymous,
            List<String> usedBy) {}

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final TypeReference<TreeMap<String, String>> WORDS = new TypeReference<>() {};

    private final Database database;

    VolumeTable(Database database) {
        this.database = database;
    }

    /** Records a volume, and that a container uses it where there is one. */
    void insert(Row row) {
        database.update(
                connection -> {
                    insert(connection, row);
                    for (String container : row.usedBy()) {
                        use(connection, container, row.name());
                    }
                });
    }

    /** Notes that a container uses a volume. */
    void use(String container, String volume) {
        database.update(connection -> use(connection, container, volume));
    }

    /** Forgets what a container used; returns the names. */
    List<String> unuse(String container) {
        return database.write(
                connection -> {
                    List<String> names =
                            strings(
                                    connection,
                                    "SELECT volume FROM volume_use WHERE container = ? ORDER BY volume",
                                    container);
                    execute(connection, "DELETE FROM volume_use WHERE container = ?", container);
                    return names;
                });
    }

    void delete(String name) {
        database.update(
                connection -> {
                    execute(connection, "DELETE FROM volume_use WHERE volume = ?", name);
                    execute(connection, "DELETE FROM volume WHERE name = ?", name);
                });
    }

    Optional<Row> find(String name) {
        return database.read(
                connection -> rows(connection, "WHERE name = ?", name).stream().findFirst());
    }

    List<Row> list() {
        return database.read(connection -> rows(connection, "WHERE ? = ''", ""));
    }

    private static void insert(Connection connection, Row row) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO volume VALUES (?, ?, ?, ?, ?)")) {
            insert.setString(1, row.name());
            insert.setString(2, json(row.labels()));
            insert.setString(3, json(row.options()));
            insert.setLong(4, row.created().toEpochMilli());
            insert.setBoolean(5, row.anonymous());
            insert.executeUpdate();
        }
    }

    private static void use(Connection connection, String container, String volume)
            throws SQLException {
        execute(connection, "INSERT OR IGNORE INTO volume_use VALUES (?, ?)", container, volume);
    }

    private static List<Row> rows(Connection connection, String where, String value)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT name, labels, options, created, anonymous FROM volume "
                                + where
                                + " ORDER BY name")) {
            select.setString(1, value);
            List<Row> all = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    String name = rows.getString(1);
                    all.add(
                            new Row(
                                    name,
                                    words(rows.getString(2)),
                                    words(rows.getString(3)),
                                    Instant.ofEpochMilli(rows.getLong(4)),
                                    rows.getBoolean(5),
                                    strings(
                                            connection,
                                            "SELECT container FROM volume_use WHERE volume = ? ORDER BY container",
                                            name)));
                }
            }
            return all;
        }
    }

    private static List<String> strings(Connection connection, String sql, String value)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, value);
            List<String> all = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    all.add(rows.getString(1));
                }
            }
            return all;
        }
    }

    private static void execute(Connection connection, String sql, String... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private static String json(Map<String, String> words) {
        try {
            return MAPPER.writeValueAsString(new TreeMap<>(words));
        } catch (JsonProcessingException e) {
            throw Failure.of("write labels as JSON", e);
        }
    }

    private static Map<String, String> words(String json) {
        try {
            return MAPPER.readValue(json, WORDS);
        } catch (JsonProcessingException e) {
            throw Failure.of("read labels", e);
        }
    }
}
