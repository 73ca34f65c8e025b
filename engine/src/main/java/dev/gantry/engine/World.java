package dev.gantry.engine;

import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Failure;
import dev.gantry.state.Database;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All pods and containers that are known: immutable records in memory, a durable copy in the state.
 * A change is written down first and seen afterwards. Readers wait for nobody; writers are one at a
 * time, and only for as long as a row takes.
 */
final class World {
    private static final Logger LOG = LoggerFactory.getLogger(World.class);

    private final PodTable podTable;
    private final ContainerTable containerTable;
    private final ConcurrentHashMap<String, Pod> pods = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Container> containers = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    World(Database database) {
        podTable = new PodTable(database);
        containerTable = new ContainerTable(database);
        podTable.all().forEach(pod -> pods.put(pod.id(), pod));
        containerTable.all().forEach(container -> containers.put(container.id(), container));
    }

    Collection<Pod> pods() {
        return pods.values();
    }

    Collection<Container> containers() {
        return containers.values();
    }

    List<Container> containersOf(String podId) {
        return containers.values().stream().filter(c -> c.podId().equals(podId)).toList();
    }

    Optional<Pod> findPod(String idOrPrefix) {
        return findPod(idOrPrefix, pod -> true);
    }

    Optional<Container> findContainer(String idOrPrefix) {
        return findContainer(idOrPrefix, container -> true);
    }

    /** A pod that callers may see, or NOT_FOUND. */
    Pod pod(String idOrPrefix) {
        return findPod(idOrPrefix, pod -> pod.state().visible())
                .orElseThrow(() -> Failure.notFound("there is no pod " + idOrPrefix));
    }

    /** A container that callers may see, or NOT_FOUND. */
    Container container(String idOrPrefix) {
        return findContainer(idOrPrefix, c -> c.state().visible())
                .orElseThrow(() -> Failure.notFound("there is no container " + idOrPrefix));
    }

    Optional<Pod> findPod(String idOrPrefix, Predicate<Pod> wanted) {
        return find(pods, idOrPrefix, "pod", wanted);
    }

    Optional<Container> findContainer(String idOrPrefix, Predicate<Container> wanted) {
        return find(containers, idOrPrefix, "container", wanted);
    }

    private static <T> Optional<T> find(
            ConcurrentHashMap<String, T> all, String id, String what, Predicate<T> wanted) {
        if (id.isEmpty()) {
            throw Failure.invalid("the id of a " + what + " is missing");
        }
        T exact = all.get(id);
        if (exact != null) {
            return Optional.of(exact).filter(wanted);
        }
        List<T> matches =
                all.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(id))
                        .map(java.util.Map.Entry::getValue)
                        .filter(wanted)
                        .limit(2)
                        .toList();
        if (matches.size() > 1) {
            throw Failure.invalid(
                    "\"%s\" is the beginning of more than one %s's id; give more of it"
                            .formatted(id, what));
        }
        return matches.stream().findFirst();
    }

    void add(Pod pod) {
        locked(
                () -> {
                    podTable.insert(pod);
                    return pods.put(pod.id(), pod);
                });
    }

    void add(Container container) {
        locked(
                () -> {
                    containerTable.insert(container);
                    return containers.put(container.id(), container);
                });
    }

    /** Changes a pod's state; NOT_FOUND when it is gone. */
    Pod changePod(String id, UnaryOperator<Pod> change) {
        return changePod(id, change, podTable::update);
    }

    /** Changes a pod's configuration, and nothing else of it; NOT_FOUND when it is gone. */
    Pod configurePod(String id, PodConfig config) {
        return changePod(id, pod -> pod.configured(config), podTable::updateConfig);
    }

    private Pod changePod(String id, UnaryOperator<Pod> change, Consumer<Pod> write) {
        return locked(
                () -> {
                    Pod before = pods.get(id);
                    if (before == null) {
                        throw Failure.notFound("there is no pod " + id);
                    }
                    Pod after = change.apply(before);
                    if (!after.equals(before)) {
                        write.accept(after);
                        pods.put(id, after);
                    }
                    return after;
                });
    }

    /** Changes a container, and wakes those who wait for it; empty when it is gone. */
    Optional<Container> changeContainer(String id, UnaryOperator<Container> change) {
        return locked(
                () -> {
                    Container before = containers.get(id);
                    if (before == null) {
                        return Optional.empty();
                    }
                    Container after = change.apply(before);
                    if (!after.equals(before)) {
                        containerTable.update(after);
                        containers.put(id, after);
                        changed.signalAll();
                    }
                    return Optional.of(after);
                });
    }

    /**
     * A container has ended. Unlike every other change it is seen even if it cannot be written down
     * (a full disk): the shim's own record is durable, and is read again at the next start.
     */
    Optional<Container> ended(String id, ContainerState.Exited state) {
        return locked(
                () -> {
                    Container before = containers.get(id);
                    if (before == null) {
                        return Optional.empty();
                    }
                    Container after = before.in(state);
                    try {
                        containerTable.update(after);
                    } catch (Failure e) {
                        LOG.atError()
                                .addKeyValue("container", id)
                                .addKeyValue("error", e.message())
                                .log("the container's end could not be written down");
                    }
                    containers.put(id, after);
                    changed.signalAll();
                    return Optional.of(after);
                });
    }

    void forgetPod(String id) {
        locked(
                () -> {
                    podTable.delete(id);
                    return Optional.ofNullable(pods.remove(id));
                });
    }

    void forgetContainer(String id) {
        locked(
                () -> {
                    containerTable.delete(id);
                    changed.signalAll();
                    return Optional.ofNullable(containers.remove(id));
                });
    }

    /**
     * Waits until a container satisfies a condition or is gone.
     *
     * @return whether it did before the timeout
     */
    boolean await(String id, Predicate<ContainerState> wanted, Duration timeout) {
        return locked(
                () -> {
                    long left = timeout.toNanos();
                    while (!satisfied(id, wanted)) {
                        if (left <= 0) {
                            return false;
                        }
                        try {
                            left = changed.awaitNanos(left);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            throw new Failure(
                                    Failure.Code.CANCELLED,
                                    "interrupted while waiting for container " + id,
                                    e);
                        }
                    }
                    return true;
                });
    }

    private boolean satisfied(String id, Predicate<ContainerState> wanted) {
        Container container = containers.get(id);
        return container == null || wanted.test(container.state());
    }

    /** Runs something while nobody else changes the world. */
    <T extends @org.jspecify.annotations.Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
