package dev.gantry.local;

import dev.gantry.model.Scope;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens, for whoever listens, and the last 1024 events of each scope for who comes later,
 * also after a restart of the daemon. Any room's part may publish.
 */
public final class LocalEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalEvents.class);
    private static final int KEPT = 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Scope, Deque<LocalEvent>> history = new EnumMap<>(Scope.class);
    private final List<Consumer<LocalEvent>> listeners = new ArrayList<>();
    private final Map<Scope, EventFile> files = new EnumMap<>(Scope.class);

    /** Events that are remembered for as long as this is. */
    public LocalEvents() {}

    /** Events that are remembered in files, {@code <directory>/<scope>.jsonl}. */
    public static LocalEvents open(Path directory) {
        LocalEvents events = new LocalEvents();
        for (Scope scope : Scope.values()) {
            EventFile.Opened opened = EventFile.open(directory.resolve(scope + ".jsonl"), KEPT);
            events.history.put(scope, new ArrayDeque<>(opened.events()));
            events.files.put(scope, opened.file());
        }
        return events;
    }

    /** Tells of an event; never blocks for long. */
    public void publish(LocalEvent event) {
        lock.lock();
        try {
            Deque<LocalEvent> its = history.computeIfAbsent(event.scope(), _ -> new ArrayDeque<>());
            its.addLast(event);
            if (its.size() > KEPT) {
                its.removeFirst();
            }
            EventFile file = files.get(event.scope());
            if (file != null) {
                file.add(event);
            }
            listeners.forEach(listener -> tell(listener, event));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Calls the listener, which must not block, for each event from now on, and first for those
     * that are remembered since a time, oldest first.
     *
     * @return to be closed when there is nobody to listen any more
     */
    public Subscription listen(Optional<Instant> since, Consumer<LocalEvent> listener) {
        lock.lock();
        try {
            since.ifPresent(
                    from ->
                            history.values().stream()
                                    .flatMap(Deque::stream)
                                    .sorted(Comparator.comparing(LocalEvent::at))
                                    .filter(event -> !event.at().isBefore(from))
                                    .forEach(event -> tell(listener, event)));
            listeners.add(listener);
        } finally {
            lock.unlock();
        }
        return () -> remove(listener);
    }

    /** Writes what is not written yet. */
    @Override
    public void close() {
        files.values().forEach(EventFile::close);
    }

    /** A listener's time. */
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    private void remove(Consumer<LocalEvent> listener) {
        lock.lock();
        try {
            listeners.remove(listener);
        } finally {
            lock.unlock();
        }
    }

    private static void tell(Consumer<LocalEvent> listener, LocalEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("id", event.id())
                    .addKeyValue("action", event.action())
                    .setCause(e)
                    .log("a listener of events failed");
        }
    }
}
