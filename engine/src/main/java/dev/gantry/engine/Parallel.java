package dev.gantry.engine;

import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/** A long list worked on by as many threads as there are processors. */
final class Parallel {
    /** Below this, handing work over costs more than it saves. */
    private static final int WORTHWHILE = 64;

    private Parallel() {}

    /** The results in the order of the list. What one throws is thrown, once all have ended. */
    static <T, R> List<R> map(List<T> list, Function<T, R> work) {
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), 4);
        if (list.size() < WORTHWHILE || threads < 2) {
            return list.stream().map(work).toList();
        }
        int size = (list.size() + threads - 1) / threads;
        var tasks = new ArrayList<FutureTask<List<R>>>();
        for (int from = 0; from < list.size(); from += size) {
            List<T> part = list.subList(from, Math.min(from + size, list.size()));
            var task = new FutureTask<>(() -> part.stream().map(work).toList());
            tasks.add(task);
            Thread.ofVirtual().name("statistics").start(task);
        }
        var all = new ArrayList<R>(list.size());
        tasks.forEach(task -> all.addAll(result(task)));
        return all;
    }

    private static <R> List<R> result(FutureTask<List<R>> task) {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw Failure.internal("read statistics: " + e.getCause());
        }
    }
}
