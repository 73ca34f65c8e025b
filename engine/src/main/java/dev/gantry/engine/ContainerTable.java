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

    void save(Container container) {
        database.write(c -> write(c, container));
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

    private static int write(Connection c, Container container) throws SQLException {
        String sql =
                """
                INSERT INTO engine_containers (id, pod, name, attempt, image_id, image_ref,
                  stop_signal, log_path, state, created, started, finished, pid, exit_code, reason,
                  message, user, image, resources, config)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET state = excluded.state, started = excluded.started,
                  finished = excluded.finished, pid = excluded.pid,
                  exit_code = excluded.exit_code, reason = excluded.reason,
                  message = excluded.message, user = excluded.user, image = excluded.image,
                  resources = excluded.resources""";
        Columns state = Columns.of(container.state());
        try (PreparedStatement s = c.prepareStatement(sql)) {
            s.setString(1, container.id());
            s.setString(2, container.podId());
            s.setString(3, container.config().name());
            s.setInt(4, container.config().attempt());
            s.setString(5, container.imageId().toString());
            s.setString(6, container.imageRef());
            s.setInt(7, container.stopSignal());
            s.setString(8, container.logPath().map(Path::toString).orElse(""));
            s.setString(9, container.state().words());
            s.setLong(10, Times.nanos(container.createdAt()));
            s.setLong(11, state.started());
            s.setLong(12, state.finished());
            s.setInt(13, state.pid());
            s.setInt(14, state.exitCode());
            s.setString(15, state.reason());
            s.setString(16, state.message());
            s.setString(17, Json.write(container.user()));
            s.setString(18, Json.write(container.image()));
            s.setString(19, Json.write(container.resources()));
            s.setString(20, Json.write(container.config()));
            return s.executeUpdate();
        }
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
