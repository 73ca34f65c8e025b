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

    void save(Pod pod) {
        database.write(c -> write(c, pod));
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

    private static int write(Connection c, Pod pod) throws SQLException {
        String sql =
                """
                INSERT INTO engine_pods (id, scope, name, namespace, uid, attempt, handler, state,
                  created, cgroup, netns, addresses, shim_pid, message, config)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET state = excluded.state, netns = excluded.netns,
                  addresses = excluded.addresses, shim_pid = excluded.shim_pid,
                  message = excluded.message""";
        PodName name = pod.config().name();
        try (PreparedStatement s = c.prepareStatement(sql)) {
            s.setString(1, pod.id());
            s.setString(2, pod.scope().toString());
            s.setString(3, name.name());
            s.setString(4, name.namespace());
            s.setString(5, name.uid());
            s.setInt(6, name.attempt());
            s.setString(7, pod.runtimeHandler());
            s.setString(8, pod.state().name());
            s.setLong(9, Times.nanos(pod.createdAt()));
            s.setString(10, pod.cgroup());
            s.setString(11, pod.netns().map(Path::toString).orElse(""));
            s.setString(12, addresses(pod.network()));
            s.setInt(13, pod.shimPid());
            s.setString(14, pod.message());
            s.setString(15, Json.write(pod.config()));
            return s.executeUpdate();
        }
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
