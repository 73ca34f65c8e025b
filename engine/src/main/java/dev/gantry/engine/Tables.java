package dev.gantry.engine;

import dev.gantry.state.Migration;
import java.util.List;

/** The engine's tables. Times are nanoseconds since the epoch; 0 means "not". */
final class Tables {
    private static final String PODS =
            """
            CREATE TABLE engine_pods (
              id TEXT PRIMARY KEY,
              scope TEXT NOT NULL,
              name TEXT NOT NULL,
              namespace TEXT NOT NULL,
              uid TEXT NOT NULL,
              attempt INTEGER NOT NULL,
              handler TEXT NOT NULL,
              state TEXT NOT NULL,
              created INTEGER NOT NULL,
              cgroup TEXT NOT NULL,
              netns TEXT NOT NULL,
              addresses TEXT NOT NULL,
              shim_pid INTEGER NOT NULL,
              message TEXT NOT NULL,
              config TEXT NOT NULL,
              UNIQUE (scope, name, namespace, uid, attempt)
            ) STRICT""";
    private static final String CONTAINERS =
            """
            CREATE TABLE engine_containers (
              id TEXT PRIMARY KEY,
              pod TEXT NOT NULL REFERENCES engine_pods (id),
              name TEXT NOT NULL,
              attempt INTEGER NOT NULL,
              image_id TEXT NOT NULL,
              image_ref TEXT NOT NULL,
              stop_signal INTEGER NOT NULL,
              log_path TEXT NOT NULL,
              state TEXT NOT NULL,
              created INTEGER NOT NULL,
              started INTEGER NOT NULL,
              finished INTEGER NOT NULL,
              pid INTEGER NOT NULL,
              exit_code INTEGER NOT NULL,
              reason TEXT NOT NULL,
              message TEXT NOT NULL,
              user TEXT NOT NULL,
              image TEXT NOT NULL,
              resources TEXT NOT NULL,
              config TEXT NOT NULL,
              UNIQUE (pod, name, attempt)
            ) STRICT""";

    private Tables() {}

    static List<Migration> migrations() {
        return List.of(new Migration("engine", 1, List.of(PODS, CONTAINERS)));
    }
}
