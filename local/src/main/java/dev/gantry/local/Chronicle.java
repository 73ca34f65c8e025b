package dev.gantry.local;

import dev.gantry.state.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happened to each container, step by step, for {@code explain}: the last steps of each, and
 * those of containers that are gone for as long as there is room. Losing one harms nobody, so a
 * step that cannot be written fails nothing.
 */
final class Chronicle {
    static final String TABLE =
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

    private static final Logger LOG = LoggerFactory.getLogger(Chronicle.class);
    private static final int KEPT_EACH = 64;
    private static final int KEPT = 4096;

    /**
     * One step.
     *
     * @param took zero when that is not known
     * @param what in plain words
     * @param error what failed, with path and errno; empty when nothing did
     */
    record Step(
            String container, String name, Instant at, Duration took, String what, String error) {}

    private final Database database;

    Chronicle(Database database) {
        this.database = database;
    }

    void add(Step step) {
        try {
            database.update(
                    c -> {
                        try (PreparedStatement s =
                                c.prepareStatement(
                                        """
                                        INSERT INTO local_steps (container, name, at, took, what, error)
                                        VALUES (?, ?, ?, ?, ?, ?)""")) {
                            s.setString(1, step.container());
                            s.setString(2, step.name());
                            s.setString(3, step.at().toString());
                            s.setLong(4, step.took().toNanos());
                            s.setString(5, step.what());
                            s.setString(6, step.error());
                            s.executeUpdate();
                        }
                        try (PreparedStatement s =
                                c.prepareStatement(
                                        """
                                        DELETE FROM local_steps WHERE number <=
                                          (SELECT max(number) FROM local_steps) - ?
                                        OR number IN (SELECT number FROM local_steps
                                          WHERE container = ? ORDER BY number DESC LIMIT -1 OFFSET ?)""")) {
                            s.setInt(1, KEPT);
                            s.setString(2, step.container());
                            s.setInt(3, KEPT_EACH);
                            s.executeUpdate();
                        }
                    });
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("container", step.container())
                    .addKeyValue("error", e.getMessage())
                    .log("a step of a container's life could not be written down");
        }
    }

    /** The steps of the container with an id, the beginning of one, or a name; oldest first. */
    List<Step> of(String reference) {
        return database.read(
                c -> {
                    List<Step> steps = new ArrayList<>();
                    try (PreparedStatement s =
                            c.prepareStatement(
                                    """
                                    SELECT * FROM local_steps WHERE container = (
                                      SELECT container FROM local_steps
                                      WHERE name = ? OR substr(container, 1, length(?)) = ?
                                      ORDER BY number DESC LIMIT 1) ORDER BY number""")) {
                        s.setString(1, reference);
                        s.setString(2, reference);
                        s.setString(3, reference);
                        try (ResultSet row = s.executeQuery()) {
                            while (row.next()) {
                                steps.add(
                                        new Step(
                                                row.getString("container"),
                                                row.getString("name"),
                                                Instant.parse(row.getString("at")),
                                                Duration.ofNanos(row.getLong("took")),
                                                row.getString("what"),
                                                row.getString("error")));
                            }
                        }
                    }
                    return steps;
                });
    }
}
