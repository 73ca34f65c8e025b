package dev.gantry.imagestore.push;

import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Does the same to many, several at a time; the first failure ends the rest. */
final class Concurrently {
    private Concurrently() {}

    static <T> void each(Collection<T> all, int atATime, Consumer<T> action) {
        Semaphore slots = new Semaphore(atATime);
        ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("push-blob-", 0).factory());
        List<Future<?>> running = new ArrayList<>();
        try {
            for (T one : all) {
                running.add(threads.submit(task(one, slots, threads, action)));
            }
        } catch (RejectedExecutionException e) {
            // One has failed already; which it was is found among those that were begun.
        }
        try {
            join(running);
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private static <T> Callable<Boolean> task(
            T one, Semaphore slots, ExecutorService threads, Consumer<T> action) {
        return () -> {
            slots.acquire();
            try {
                action.accept(one);
                return true;
            } catch (RuntimeException | Error e) {
                // Whoever waits for a slot shall not begin any more.
                threads.shutdownNow();
                throw e;
            } finally {
                slots.release();
            }
        };
    }

    /** The first failure that is not the consequence of another. */
    private static void join(List<Future<?>> running) {
        List<Failure> cancelled = new ArrayList<>();
        for (Future<?> one : running) {
            try {
                one.get();
            } catch (ExecutionException e) {
                Failure failure = failure(e);
                if (failure.code() != Failure.Code.CANCELLED) {
                    throw failure;
                }
                cancelled.add(failure);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failure(Failure.Code.CANCELLED, "the push was cancelled", e);
            }
        }
        if (!cancelled.isEmpty()) {
            throw cancelled.getFirst();
        }
    }

    private static Failure failure(ExecutionException e) {
        return switch (e.getCause()) {
            case Failure failure -> failure;
            case InterruptedException interrupted ->
                    new Failure(Failure.Code.CANCELLED, "the push was cancelled", interrupted);
            case Throwable other -> Failure.of("push", other);
            case null -> Failure.internal("push: " + e);
        };
    }
}
