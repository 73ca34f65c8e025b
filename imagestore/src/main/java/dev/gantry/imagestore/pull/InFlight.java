package dev.gantry.imagestore.pull;

import dev.gantry.model.Failure;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Does one thing once however many ask for it at the same time; all get its result or its failure.
 * The work has a thread of its own, so a caller that gives up takes nothing from the others. When
 * the last one gives up, the work is interrupted.
 *
 * @param <C> what shows how the work stands
 */
public final class InFlight<K, C, V> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<K, Job> running = new HashMap<>();
    private final String name;

    /**
     * @param name of the threads
     */
    public InFlight(String name) {
        this.name = name;
    }

    /** One piece of work; its fields that change are guarded by the lock. */
    private final class Job {
        private final CompletableFuture<V> result = new CompletableFuture<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private final C context;
        private final Thread thread;
        private int waiters;
        private boolean abandoned;

        Job(K key, C context, Function<C, V> work, Optional<Job> before) {
            this.context = context;
            this.thread =
                    Thread.ofVirtual().name(name).unstarted(() -> run(key, this, work, before));
        }
    }

    /** One caller's part in a piece of work; to be closed. */
    public final class Ticket implements AutoCloseable {
        private final Job job;
        private final boolean first;
        private boolean closed;

        private Ticket(Job job, boolean first) {
            this.job = job;
            this.first = first;
        }

        /** Whether the work was begun for this caller. */
        public boolean first() {
            return first;
        }

        public C context() {
            return job.context;
        }

        /** Waits for the result; CANCELLED when this thread is interrupted. */
        public V await() {
            return InFlight.await(job.result);
        }

        /**
         * Ends this caller's interest. The last one interrupts the work, if it still runs, and
         * waits until it has ended.
         */
        @Override
        public void close() {
            boolean last = false;
            lock.lock();
            try {
                if (!closed) {
                    closed = true;
                    job.waiters--;
                    last = job.waiters == 0;
                    if (last && !job.result.isDone()) {
                        job.abandoned = true;
                        job.thread.interrupt();
                    }
                }
            } finally {
                lock.unlock();
            }
            if (last) {
                awaitEnd(job);
            }
        }
    }

    /** Joins the work that runs for this key, begun now if there is none. */
    public Ticket join(K key, Supplier<C> context, Function<C, V> work) {
        lock.lock();
        try {
            Optional<Job> before = Optional.ofNullable(running.get(key));
            if (before.isPresent() && !before.get().abandoned) {
                before.get().waiters++;
                return new Ticket(before.get(), false);
            }
            Job job = new Job(key, context.get(), work, before);
            running.put(key, job);
            job.waiters++;
            job.thread.start();
            return new Ticket(job, true);
        } finally {
            lock.unlock();
        }
    }

    /** Joins and waits. */
    public V get(K key, Supplier<C> context, Function<C, V> work) {
        try (Ticket ticket = join(key, context, work)) {
            return ticket.await();
        }
    }

    private void run(K key, Job job, Function<C, V> work, Optional<Job> before) {
        try {
            if (before.isPresent()) {
                before.get().ended.await(); // It may still be using the same files.
            }
            V value = work.apply(job.context);
            forget(key, job);
            job.result.complete(value);
        } catch (InterruptedException e) {
            forget(key, job);
            job.result.completeExceptionally(
                    new Failure(Failure.Code.CANCELLED, "nobody waits for it any more", e));
        } catch (Throwable e) { // Whatever it is, somebody waits for it.
            forget(key, job);
            job.result.completeExceptionally(e);
        } finally {
            job.ended.countDown();
        }
    }

    private void forget(K key, Job job) {
        lock.lock();
        try {
            running.remove(key, job);
        } finally {
            lock.unlock();
        }
    }

    private void awaitEnd(Job job) {
        boolean interrupted = false;
        while (true) {
            try {
                job.ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits; what the work threw is thrown here, with this caller's stack. */
    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(
                    Failure.Code.CANCELLED, "the caller went away; it can be asked for again", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof Failure failure) {
                throw new Failure(failure.code(), failure.message(), failure);
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw Failure.of("image store", cause);
        }
    }
}
