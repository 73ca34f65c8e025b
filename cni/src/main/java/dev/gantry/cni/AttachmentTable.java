package dev.gantry.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.state.Database;
import dev.gantry.state.Migration;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The records of attachments: one row a pod, from before its first ADD to after its last DEL. */
final class AttachmentTable {
    static final List<Migration> MIGRATIONS =
            List.of(
                    new Migration(
                            "cni",
                            1,
                            List.of(
                                    """
                                    CREATE TABLE cni_attachment (
                                      pod_id       TEXT PRIMARY KEY,
                                      interface    TEXT NOT NULL,    -- CNI_IFNAME
                                      netns        TEXT NOT NULL,    -- CNI_NETNS at ADD
                                      arguments    TEXT NOT NULL,    -- CNI_ARGS
                                      capabilities TEXT NOT NULL,    -- JSON, capability to value
                                      source       TEXT NOT NULL,    -- the file, for messages
                                      conflist     BLOB NOT NULL,    -- JSON, as it was at ADD
                                      started      INTEGER NOT NULL, -- plugins that may need DEL
                                      attached     INTEGER NOT NULL, -- 1 once the last ADD ended
                                      result       BLOB              -- JSON, of the last ADD
                                    ) STRICT
                                    """)));

    private final Database database;

    AttachmentTable(Database database) {
        this.database = database;
    }

    void insert(AttachmentRecord record) {
        database.update(
                connection -> {
                    try (PreparedStatement insert =
                            connection.prepareStatement(
                                    "INSERT INTO cni_attachment VALUES"
                                            + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                        insert.setString(1, record.podId());
                        insert.setString(2, record.interfaceName());
                        insert.setString(3, record.netns().toString());
                        insert.setString(4, record.arguments());
                        insert.setString(5, Json.text(record.capabilities()));
                        insert.setString(6, record.conflist().source().toString());
                        insert.setBytes(7, Json.bytes(record.conflist().json()));
                        insert.setInt(8, record.started());
                        insert.setInt(9, record.attached() ? 1 : 0);
                        insert.setBytes(10, record.result().map(Json::bytes).orElse(null));
                        insert.executeUpdate();
                    }
                });
    }

    /** Writes how far the calls have come. */
    void update(AttachmentRecord record) {
        database.update(
                connection -> {
                    try (PreparedStatement update =
                            connection.prepareStatement(
                                    "UPDATE cni_attachment SET started = ?, attached = ?,"
                                            + " result = ? WHERE pod_id = ?")) {
                        update.setInt(1, record.started());
                        update.setInt(2, record.attached() ? 1 : 0);
                        update.setBytes(3, record.result().map(Json::bytes).orElse(null));
                        update.setString(4, record.podId());
                        update.executeUpdate();
                    }
                });
    }

    void delete(String podId) {
        database.update(
                connection -> {
                    try (PreparedStatement delete =
                            connection.prepareStatement(
                                    "DELETE FROM cni_attachment WHERE pod_id = ?")) {
                        delete.setString(1, podId);
                        delete.executeUpdate();
                    }
                });
    }

    Optional<AttachmentRecord> find(String podId) {
        return database.read(connection -> find(connection, podId));
    }

    List<String> podIds() {
        return database.read(
                connection -> {
                    try (PreparedStatement select =
                                    connection.prepareStatement(
                                            "SELECT pod_id FROM cni_attachment ORDER BY pod_id");
                            ResultSet rows = select.executeQuery()) {
                        List<String> ids = new ArrayList<>();
                        while (rows.next()) {
                            ids.add(rows.getString(1));
                        }
                        return ids;
                    }
                });
    }

    private static Optional<AttachmentRecord> find(Connection connection, String podId)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT interface, netns, arguments, capabilities, source, conflist,"
                                + " started, attached, result FROM cni_attachment"
                                + " WHERE pod_id = ?")) {
            select.setString(1, podId);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(record(podId, row)) : Optional.empty();
            }
        }
    }

    private static AttachmentRecord record(String podId, ResultSet row) throws SQLException {
        byte[] result = row.getBytes("result");
        Optional<ObjectNode> last =
                result == null ? Optional.empty() : Optional.of(Json.object(result));
        return new AttachmentRecord(
                podId,
                row.getString("interface"),
                Path.of(row.getString("netns")),
                row.getString("arguments"),
                Json.object(row.getString("capabilities")),
                Conflist.parse(
                        Path.of(row.getString("source")), Json.object(row.getBytes("conflist"))),
                row.getInt("started"),
                row.getInt("attached") != 0,
                last);
    }
}
