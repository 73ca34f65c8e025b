package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.NamespaceOptions;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.config.PodName;
import dev.gantry.model.Scope;
import dev.gantry.state.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * An engine over a real state file and fakes of the other rooms; it can be killed and restarted.
 */
final class House implements AutoCloseable {
    final Faults faults = new Faults();
    final FakeRuntime runtime = new FakeRuntime(faults);
    final FakeImages images = new FakeImages(faults);
    final FakeNetworks networks = new FakeNetworks(faults);
    final Path root;
    final EngineSettings settings;
    private Database database;
    Engine engine;

    House(Path root) {
        this.root = root;
        EngineSettings defaults = EngineSettings.below(root.resolve("lib"), root.resolve("run"));
        settings =
                new EngineSettings(
                        defaults.root(),
                        defaults.filesDir(),
                        "/gantry",
                        Duration.ofMillis(700),
                        Duration.ofSeconds(20),
                        4096,
                        Duration.ZERO,
                        ContainerDefaults.STANDARD);
        database = Database.open(root.resolve("gantry.db"), Engine.migrations());
        engine = open();
    }

    private Engine open() {
        return Engine.open(settings, new Rooms(database, images, networks, runtime));
    }

    /** kill -9 and a new daemon: shims live on, nobody listens to them meanwhile. */
    void restart() {
        kill();
        revive();
    }

    void kill() {
        runtime.shims.values().forEach(FakeShim::deaf);
        database.close();
        faults.none();
    }

    void revive() {
        database = Database.open(root.resolve("gantry.db"), Engine.migrations());
        engine = open();
    }

    static PodConfig pod(String name) {
        return PodConfig.named(
                new PodName(name, "default", "uid-" + name, 0), NamespaceOptions.DEFAULT);
    }

    String runPod(String name) {
        return engine.runPod(Scope.CRI, pod(name), "");
    }

    String create(String podId, String name) {
        return engine.createContainer(podId, ContainerConfig.named(name, "busybox", "/bin/true"));
    }

    String running(String podId, String name) {
        String id = create(podId, name);
        engine.startContainer(id);
        return id;
    }

    ContainerState.Exited exited(String containerId) {
        ContainerState state = engine.container(containerId).state();
        assertThat(state).isInstanceOf(ContainerState.Exited.class);
        return (ContainerState.Exited) state;
    }

    /** Nothing of any pod is left anywhere. */
    void assertEmpty() {
        assertThat(runtime.shims).isEmpty();
        assertThat(networks.attached).isEmpty();
        assertThat(images.layers).isEmpty();
        assertThat(engine.pods(PodFilter.all(Scope.CRI))).isEmpty();
        assertThat(engine.containers(ContainerFilter.all(Scope.CRI))).isEmpty();
        assertThat(files(settings.filesDir())).isZero();
        assertThat(files(settings.root().resolve("volumes"))).isZero();
        assertThat(files(settings.root().resolve("restores"))).isZero();
        int rows =
                database.read(
                        c -> {
                            try (var s = c.createStatement();
                                    var r =
                                            s.executeQuery(
                                                    "SELECT (SELECT count(*) FROM engine_pods)"
                                                            + " + (SELECT count(*) FROM engine_containers)")) {
                                return r.getInt(1);
                            }
                        });
        assertThat(rows).isZero();
    }

    private static long files(Path directory) {
        if (!Files.exists(directory)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        runtime.unwedge.countDown();
        engine.close();
        database.close();
    }
}
