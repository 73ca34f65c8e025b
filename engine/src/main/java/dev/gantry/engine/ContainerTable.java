package dev.gantry.engine;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.spec.ImageDefaults;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import dev.gantry.state.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rows of {@code engine_containers}. */
final class ContainerTable {
    private final Database database;

    ContainerTable(Database database) {
        this.database = database;
    }

    List<Container> all() {
        return database.read(ContainerTable::readAll);
    }

    void insert(Container container) {
        database.write(c -> insert(c, container));
    }

    /** Writes what may change of a container; its configuration and image never do. */
    void update(Container container) {
        database.write(c -> update(c, container));
    }

    void delete(String id) {
        database.write(
                c -> {
                    try (PreparedStatement s =
                            c.prepareStatement("DELETE FROM engine_containers WHERE id = ?")) {
                        s.setString(1, id);
                        return s.executeUpdate();
                    }
                });
    }

    /** The state's columns; zero and empty where a state has nothing to say. */
    private record Columns(
            int pid, long started, long finished, int exitCode, String reason, String message) {
        static Columns of(ContainerState state) {
            return switch (state) {
                case ContainerState.Creating _,
                        ContainerState.Created _,
                        ContainerState.Removing _ ->
                        new Columns(0, 0, 0, 0, "", "");
                case ContainerState.Running r ->
                        new Columns(r.pid(), Times.nanos(r.startedAt()), 0, 0, "", "");
                case ContainerState.Exited e ->
                        new Columns(
                                e.pid(),
                                Times.nanos(e.startedAt()),
                                Times.nanos(e.finishedAt()),
                                e.exitCode(),
                                e.reason(),
                                e.message());
            };
        }
    }

    private static int insert(Connection c, Container container) throws SQLException {
        String sql =
                """
                INSERT INTO engine_containers (state, started, finished, pid, exit_code, reason,
                  message, user, resources, id, pod, name, attempt, image_id, image_ref,
                  stop_signal, log_path, created, image, config)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
        try (PreparedStatement s = c.prepareStatement(sql)) {
            int last = setChanging(s, container);
            s.setString(last + 1, container.id());
            s.setString(last + 2, container.podId());
            s.setString(last + 3, container.config().name());
            s.setInt(last + 4, container.config().attempt());
            s.setString(last + 5, container.imageId().toString());
            s.setString(last + 6, container.imageRef());
            s.setInt(last + 7, container.stopSignal());
            s.setString(last + 8, container.logPath().map(Path::toString).orElse(""));
            s.setLong(last + 9, Times.nanos(container.createdAt()));
            s.setString(last + 10, Json.write(container.image()));
            s.setString(last + 11, Json.write(container.config()));
            return s.executeUpdate();
        }
    }

    private static int update(Connection c, Container container) throws SQLException {
        String sql =
                """
                UPDATE engine_containers SET state = ?, started = ?, finished = ?, pid = ?,
                  exit_code = ?, reason = ?, message = ?, user = ?, resources = ? WHERE id = ?""";
        try (PreparedStatement s = c.prepareStatement(sql)) {
            s.setString(setChanging(s, container) + 1, container.id());
            return s.executeUpdate();
        }
    }

    /** Sets the columns that change, which come first, and returns the number of the last one. */
    private static int setChanging(PreparedStatement s, Container container) throws SQLException {
        Columns state = Columns.of(container.state());
        s.setString(1, container.state().words());
        s.setLong(2, state.started());
        s.setLong(3, state.finished());
        s.setInt(4, state.pid());
        s.setInt(5, state.exitCode());
        s.setString(6, state.reason());
        s.setString(7, state.message());
        s.setString(8, Json.write(container.user()));
        s.setString(9, Json.write(container.resources()));
        return 9;
    }

    private static List<Container> readAll(Connection c) throws SQLException {
        String sql =
                """
                SELECT c.*, p.scope AS scope, p.handler AS handler
                FROM engine_containers c JOIN engine_pods p ON p.id = c.pod""";
        List<Container> containers = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement(sql);
                ResultSet row = s.executeQuery()) {
            while (row.next()) {
                containers.add(read(row));
            }
        }
        return containers;
    }

    private static Container read(ResultSet row) throws SQLException {
        String log = row.getString("log_path");
        return new Container(
                row.getString("id"),
                row.getString("pod"),
                Scope.parse(row.getString("scope")),
                Json.read(row.getString("config"), ContainerConfig.class),
                row.getString("handler"),
                Digest.parse(row.getString("image_id")),
                row.getString("image_ref"),
                Json.read(row.getString("image"), ImageDefaults.class),
                Json.read(row.getString("user"), Container.User.class),
                row.getInt("stop_signal"),
                Json.read(row.getString("resources"), Resources.class),
                log.isEmpty() ? Optional.empty() : Optional.of(Path.of(log)),
                state(row),
                Times.instant(row.getLong("created")));
    }

    private static ContainerState state(ResultSet row) throws SQLException {
        String state = row.getString("state");
        return switch (state) {
            case "creating" -> new ContainerState.Creating();
            case "created" -> new ContainerState.Created();
            case "running" ->
                    new ContainerState.Running(
                            row.getInt("pid"), Times.instant(row.getLong("started")));
            case "paused" ->
                    new ContainerState.Running(
                            row.getInt("pid"), Times.instant(row.getLong("started")), true);
            case "exited" ->
                    new ContainerState.Exited(
                            row.getInt("pid"),
                            Times.optional(row.getLong("started")),
                            Times.instant(row.getLong("finished")),
                            row.getInt("exit_code"),
                            row.getString("reason"),
                            row.getString("message"));
            case "removing" -> new ContainerState.Removing();
            default ->
                    throw Failure.internal(
                            "the state has a container in the unknown state \"" + state + "\"");
        };
    }
}
