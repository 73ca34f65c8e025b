package dev.gantry.runtime.shim;

import dev.gantry.model.Failure;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Platform threads for calls that block in native code, which would pin a virtual one's carrier.
 */
final class NativeThreads {
    private static final ExecutorService THREADS =
            Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("shim-", 0).factory());

    private NativeThreads() {}

    /** Runs something there, whose time is bounded, and waits even when interrupted. */
    static <T> T call(Callable<T> action) {
        return await(THREADS.submit(action), () -> {});
    }

    /**
     * Runs something there and waits for it.
     *
     * @param cancel called when the caller is interrupted meanwhile; must bring it to its end
     */
    static <T> T call(Callable<T> action, Runnable cancel) {
        return await(THREADS.submit(action), cancel);
    }

    private static <T> T await(Future<T> running, Runnable cancel) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return running.get();
                } catch (InterruptedException _) {
                    interrupted = true;
                    cancel.run();
                }
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof Failure failure ? failure : Failure.of("ask the shim", cause);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
