package dev.gantry.local;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens, for whoever listens, and the last 256 events for who comes later. Any room's part
 * may publish.
 */
public final class LocalEvents {
    private static final Logger LOG = LoggerFactory.getLogger(LocalEvents.class);
    private static final int KEPT = 256;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<LocalEvent> history = new ArrayDeque<>();
    private final List<Consumer<LocalEvent>> listeners = new ArrayList<>();

    /** Tells of an event; never blocks for long. */
    public void publish(LocalEvent event) {
        lock.lock();
        try {
            history.addLast(event);
            if (history.size() > KEPT) {
                history.removeFirst();
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
                            history.stream()
                                    .filter(event -> !event.at().isBefore(from))
                                    .forEach(event -> tell(listener, event)));
            listeners.add(listener);
        } finally {
            lock.unlock();
        }
        return () -> remove(listener);
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
