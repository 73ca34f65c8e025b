package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.Engine;
import dev.gantry.engine.EventSink;
import dev.gantry.engine.ExecOutput;
import dev.gantry.engine.Pod;
import dev.gantry.engine.PodFilter;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.engine.journal.Journal;
import dev.gantry.imagestore.Image;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.model.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What this room needs of the engine; {@link Engine} says what each does. */
interface Machine {
    static Machine of(Engine engine) {
        return new OfEngine(engine);
    }

    Journal journal();

    Optional<Image> image(String nameOrId);

    String preparePod(PodConfig config, String runtimeHandler);

    void createContainer(String podId, String id, ContainerConfig config);

    void startAgain(String id);

    void stopContainer(String id, Duration timeout, int signal);

    void signal(String id, int signal);

    void pause(String id);

    void unpause(String id);

    void stopPod(String podId);

    void removePod(String podId);

    void updateResources(String id, Resources resources);

    ExecOutput exec(String id, List<String> command, Duration timeout);

    /** Empty when there is none of that id, or it is half made or half removed. */
    Optional<Container> container(String id);

    Optional<Pod> pod(String id);

    /** Those of scope local. */
    List<Pod> pods();

    /** Those of scope cri. */
    List<Pod> kubeletsPods();

    void onEvent(EventSink sink);

    /** The real engine. */
    record OfEngine(Engine engine) implements Machine {
        @Override
        public Journal journal() {
            return engine.journal();
        }

        @Override
        public Optional<Image> image(String nameOrId) {
            return engine.images().find(nameOrId);
        }

        @Override
        public String preparePod(PodConfig config, String runtimeHandler) {
            return engine.preparePod(config, runtimeHandler);
        }

        @Override
        public void createContainer(String podId, String id, ContainerConfig config) {
            var _ = engine.createContainer(podId, id, config);
        }

        @Override
        public void startAgain(String id) {
            engine.startAgain(id);
        }

        @Override
        public void stopContainer(String id, Duration timeout, int signal) {
            engine.stopContainer(id, timeout, signal);
        }

        @Override
        public void signal(String id, int signal) {
            engine.signalContainer(id, signal);
        }

        @Override
        public void pause(String id) {
            engine.pauseContainer(id);
        }

        @Override
        public void unpause(String id) {
            engine.unpauseContainer(id);
        }

        @Override
        public void stopPod(String podId) {
            engine.stopPod(podId);
        }

        @Override
        public void removePod(String podId) {
            engine.removePod(podId);
        }

        @Override
        public void updateResources(String id, Resources resources) {
            engine.updateResources(id, resources);
        }

        @Override
        public ExecOutput exec(String id, List<String> command, Duration timeout) {
            return engine.execSync(id, command, timeout);
        }

        @Override
        public Optional<Container> container(String id) {
            return found(() -> engine.container(id));
        }

        @Override
        public Optional<Pod> pod(String id) {
            return found(() -> engine.pod(id));
        }

        @Override
        public List<Pod> pods() {
            return engine.pods(PodFilter.all(Scope.LOCAL));
        }

        @Override
        public List<Pod> kubeletsPods() {
            return engine.pods(PodFilter.all(Scope.CRI));
        }

        @Override
        public void onEvent(EventSink sink) {
            engine.onEvent(sink);
        }

        private static <T> Optional<T> found(Supplier<T> look) {
            try {
                return Optional.of(look.get());
            } catch (Failure e) {
                if (e.code() == Failure.Code.NOT_FOUND) {
                    return Optional.empty();
                }
                throw e;
            }
        }
    }
}
