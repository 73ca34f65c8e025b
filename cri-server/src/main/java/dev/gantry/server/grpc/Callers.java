package dev.gantry.server.grpc;

import io.grpc.Context;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Work that is done for its caller alone: when the caller goes away, or its deadline passes, the
 * thread that works for it is interrupted. What changes the machine is not such work: it runs to
 * its end, and a retry joins it.
 */
final class Callers {
    private Callers() {}

    /** Does the work; CANCELLED, from the work itself, when nobody waits for it any more. */
    static <T> T whileWaited(Supplier<T> work) {
        Interruption interruption = new Interruption(Thread.currentThread());
        Context call = Context.current();
        Context.CancellationListener listener = _ -> interruption.happen();
        call.addListener(listener, Runnable::run);
        try {
            return work.get();
        } finally {
            call.removeListener(listener);
            interruption.end();
        }
    }

    /** Interrupts one thread, but only while it works. */
    private static final class Interruption {
        private final ReentrantLock lock = new ReentrantLock();
        private final Thread worker;
        private boolean ended;

        Interruption(Thread worker) {
            this.worker = worker;
        }

        void happen() {
            lock.lock();
            try {
                if (!ended) {
                    worker.interrupt();
                }
            } finally {
                lock.unlock();
            }
        }

        /** Called by the worker: what it does next, closing the call, is not interrupted. */
        void end() {
            lock.lock();
            try {
                ended = true;
                var _ = Thread.interrupted();
            } finally {
                lock.unlock();
            }
        }
    }
}
