package dev.gantry.engine;

import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodName;
import dev.gantry.model.Failure;
import dev.gantry.model.PodNetwork;
import dev.gantry.model.Scope;
import dev.gantry.state.Database;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Rows of {@code engine_pods}. */
final class PodTable {
    private final Database database;

    PodTable(Database database) {
        this.database = database;
    }

    List<Pod> all() {
        return database.read(PodTable::readAll);
    }

    void insert(Pod pod) {
        database.write(c -> insert(c, pod));
    }

    /** Writes what changes in a pod's life, which its configuration does not. */
    void update(Pod pod) {
        database.write(c -> update(c, pod));
    }

    /** Writes a configuration that was changed. */
    void updateConfig(Pod pod) {
        database.write(
                c -> {
                    try (PreparedStatement s =
                            c.prepareStatement("UPDATE engine_pods SET config = ? WHERE id = ?")) {
                        s.setString(1, Json.write(pod.config()));
                        s.setString(2, pod.id());
                        return s.executeUpdate();
                    }
                });
    }

    void delete(String id) {
        database.write(
                c -> {
                    try (PreparedStatement s =
                            c.prepareStatement("DELETE FROM engine_pods WHERE id = ?")) {
                        s.setString(1, id);
                        return s.executeUpdate();
                    }
                });
    }

    private static int insert(Connection c, Pod pod) throws SQLException {
        String sql =
                """
                INSERT INTO engine_pods (state, netns, addresses, shim_pid, message, cgroup, id,
                  scope, name, namespace, uid, attempt, handler, created, config)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
        PodName name = pod.config().name();
        try (PreparedStatement s = c.prepareStatement(sql)) {
            int last = setChanging(s, pod);
            s.setString(last + 1, pod.id());
            s.setString(last + 2, pod.scope().toString());
            s.setString(last + 3, name.name());
            s.setString(last + 4, name.namespace());
            s.setString(last + 5, name.uid());
            s.setInt(last + 6, name.attempt());
            s.setString(last + 7, pod.runtimeHandler());
            s.setLong(last + 8, Times.nanos(pod.createdAt()));
            s.setString(last + 9, Json.write(pod.config()));
            return s.executeUpdate();
        }
    }

    private static int update(Connection c, Pod pod) throws SQLException {
        String sql =
                """
                UPDATE engine_pods SET state = ?, netns = ?, addresses = ?, shim_pid = ?,
                  message = ?, cgroup = ? WHERE id = ?""";
        try (PreparedStatement s = c.prepareStatement(sql)) {
            int last = setChanging(s, pod);
            s.setString(last + 1, pod.id());
            return s.executeUpdate();
        }
    }

    /** Sets the columns that change, which come first, and returns the number of the last one. */
    private static int setChanging(PreparedStatement s, Pod pod) throws SQLException {
        s.setString(1, pod.state().name());
        s.setString(2, pod.netns().map(Path::toString).orElse(""));
        s.setString(3, addresses(pod.network()));
        s.setInt(4, pod.shimPid());
        s.setString(5, pod.message());
        s.setString(6, pod.cgroup());
        return 6;
    }

    private static List<Pod> readAll(Connection c) throws SQLException {
        List<Pod> pods = new ArrayList<>();
        try (PreparedStatement s = c.prepareStatement("SELECT * FROM engine_pods");
                ResultSet row = s.executeQuery()) {
            while (row.next()) {
                pods.add(read(row));
            }
        }
        return pods;
    }

    private static Pod read(ResultSet row) throws SQLException {
        String netns = row.getString("netns");
        return new Pod(
                row.getString("id"),
                Scope.parse(row.getString("scope")),
                Json.read(row.getString("config"), PodConfig.class),
                row.getString("handler"),
                PodState.valueOf(row.getString("state")),
                Times.instant(row.getLong("created")),
                row.getString("cgroup"),
                network(row.getString("addresses")),
                netns.isEmpty() ? Optional.empty() : Optional.of(Path.of(netns)),
                row.getInt("shim_pid"),
                row.getString("message"));
    }

    private static String addresses(PodNetwork network) {
        return network.addresses().stream()
                .map(InetAddress::getHostAddress)
                .collect(Collectors.joining(","));
    }

    private static PodNetwork network(String addresses) {
        List<InetAddress> parsed = new ArrayList<>();
        for (String address : addresses.split(",", -1)) {
            if (!address.isEmpty()) {
                try {
                    // Only literals are ever written, so nothing is resolved here.
                    parsed.add(InetAddress.getByName(address));
                } catch (UnknownHostException e) {
                    throw Failure.of("read a pod's address of the state", e);
                }
            }
        }
        return new PodNetwork(parsed);
    }
}
