package dev.gantry.linux.ipc;

import com.sun.jna.Memory;
import dev.gantry.linux.ErrnoException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * epoll(7): one platform thread that waits for all descriptors of which somebody waits, whatever
 * their number. Each wait is armed anew (EPOLLONESHOT), so a descriptor that nobody waits for costs
 * nothing.
 */
final class Poller {
    static final int IN = 1;
    static final int OUT = 4;

    private static final int ONESHOT = 1 << 30;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;
    private static final int CLOEXEC = 02000000;
    private static final int BATCH = 64;

    /** struct epoll_event is packed on x86-64 alone. */
    private static final int DATA_AT =
            System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).equals("amd64") ? 4 : 8;

    private static final int SIZE = DATA_AT + 8;

    private final int epoll;
    private final ConcurrentHashMap<Long, Runnable> waiting = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    private Poller(int epoll) {
        this.epoll = epoll;
    }

    private static final class Holder {
        static final Poller SHARED = start();

        private static Poller start() {
            int epoll = Sys.epoll_create1(CLOEXEC);
            if (epoll < 0) {
                throw new IllegalStateException("epoll_create1 failed: no more descriptors");
            }
            Poller poller = new Poller(epoll);
            Thread.ofPlatform().daemon().name("poller").start(poller::run);
            return poller;
        }
    }

    static Poller shared() {
        return Holder.SHARED;
    }

    /**
     * Takes a descriptor in; returns its number here.
     *
     * @param ready called on the poller's thread when a wait is over; must not block
     */
    long add(int fd, Runnable ready) throws ErrnoException {
        long number = numbers.incrementAndGet();
        waiting.put(number, ready);
        try {
            control(ADD, fd, 0, number);
            return number;
        } catch (ErrnoException e) {
            waiting.remove(number);
            throw e;
        }
    }

    /** Waits once for the events. */
    void arm(int fd, long number, int events) throws ErrnoException {
        control(MODIFY, fd, events, number);
    }

    /** To be called before the descriptor is closed. */
    void remove(int fd, long number) {
        waiting.remove(number);
        Sys.epoll_ctl(epoll, DELETE, fd, null);
    }

    private void control(int operation, int fd, int events, long number) throws ErrnoException {
        try (Memory event = new Memory(SIZE)) {
            event.setInt(0, events | ONESHOT);
            event.setLong(DATA_AT, number);
            Sys.check(Sys.epoll_ctl(epoll, operation, fd, event), "epoll_ctl");
        }
    }

    private void run() {
        Memory events = new Memory((long) SIZE * BATCH);
        while (true) {
            int count = Sys.epoll_wait(epoll, events, BATCH, -1);
            for (int i = 0; i < count; i++) {
                long number = events.getLong((long) i * SIZE + DATA_AT);
                Optional.ofNullable(waiting.get(number)).ifPresent(Runnable::run);
            }
        }
    }
}
