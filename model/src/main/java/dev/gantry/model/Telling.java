package dev.gantry.model;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Tells, step by step, what is done for a pod or a container. Who does the whole says whom its
 * steps are told to; the rooms that do the parts say what they do, and need not know for whom. What
 * nobody listens to costs nothing. A step is told on the thread that did it.
 */
public final class Telling {
    /** Hears steps. It must neither block nor throw. */
    @FunctionalInterface
    public interface Listener {
        /**
         * A step was done, or has failed.
         *
         * @param what in plain words, as one tells somebody to do it: {@code start the shim}
         * @param took zero for what takes no time
         */
        void told(String what, Duration took, Optional<RuntimeException> failure);
    }

    /** A failure that was told is told once, however many steps it ends. */
    private record Binding(Listener listener, Set<Throwable> told) {}

    private static final ScopedValue<Binding> BINDING = ScopedValue.newInstance();

    private Telling() {}

    /** Does something whose steps, on this thread, are told to a listener. */
    public static <T> T to(Listener listener, Supplier<T> work) {
        Set<Throwable> told =
                BINDING.isBound()
                        ? BINDING.get().told()
                        : Collections.newSetFromMap(new IdentityHashMap<>());
        return ScopedValue.where(BINDING, new Binding(listener, told)).call(work::get);
    }

    /** {@link #to(Listener, Supplier)} without a result. */
    public static void to(Listener listener, Runnable work) {
        var _ =
                to(
                        listener,
                        () -> {
                            work.run();
                            return true;
                        });
    }

    /** Tells something that is so now. */
    public static void say(String what) {
        if (BINDING.isBound()) {
            BINDING.get().listener().told(what, Duration.ZERO, Optional.empty());
        }
    }

    /** Does a step and tells it. */
    public static <T> T step(String what, Supplier<T> work) {
        return step(what, work, _ -> "");
    }

    /** {@link #step(String, Supplier)} without a result. */
    public static void step(String what, Runnable work) {
        var _ =
                step(
                        what,
                        () -> {
                            work.run();
                            return true;
                        });
    }

    /** Does a step and tells it with what came of it, unless that is empty. */
    public static <T> T step(String what, Supplier<T> work, Function<T, String> result) {
        if (!BINDING.isBound()) {
            return work.get();
        }
        Binding binding = BINDING.get();
        long started = System.nanoTime();
        T done;
        try {
            done = work.get();
        } catch (RuntimeException e) {
            if (!isTold(binding.told(), e)) {
                binding.told().add(e);
                binding.listener().told(what, since(started), Optional.of(e));
            }
            throw e;
        }
        String came = result.apply(done);
        binding.listener()
                .told(came.isEmpty() ? what : what + ": " + came, since(started), Optional.empty());
        return done;
    }

    private static Duration since(long started) {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    private static boolean isTold(Set<Throwable> told, Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (told.contains(one)) {
                return true;
            }
        }
        return false;
    }
}
