package dev.gantry.imagestore.registry;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Connections that nobody uses, for who goes the same way soon; a bounded number of them. */
final class IdleConnections {
    private static final int MOST = 32;
    private static final Duration LIFE = Duration.ofSeconds(15);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Route, Deque<Connection>> idle = new HashMap<>();

    /**
     * Takes one out: the last that was put in, if it can still be used.
     *
     * @param sure a connection that the other side has closed would do harm
     */
    Optional<Connection> take(Route route, boolean sure) {
        while (true) {
            Optional<Connection> next = next(route);
            if (next.isEmpty() || next.get().reusable(sure)) {
                return next;
            }
            next.get().close();
        }
    }

    private Optional<Connection> next(Route route) {
        lock.lock();
        try {
            Deque<Connection> all = idle.get(route);
            return all == null ? Optional.empty() : Optional.ofNullable(all.pollLast());
        } finally {
            lock.unlock();
        }
    }

    void put(Route route, Connection connection) {
        connection.idle(LIFE);
        lock.lock();
        try {
            idle.values().forEach(all -> all.removeIf(other -> !other.isOpen()));
            idle.values().removeIf(Deque::isEmpty);
            if (idle.values().stream().mapToInt(Deque::size).sum() < MOST) {
                idle.computeIfAbsent(route, _ -> new ArrayDeque<>()).add(connection);
                return;
            }
        } finally {
            lock.unlock();
        }
        connection.close();
    }
}
