package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.PullProgress.LayerState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells one listener how a pull goes on, from a thread of its own; close it when the pull ended.
 */
public final class PullWatch implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PullTracker tracker;
    private final Consumer<PullProgress> listener;
    private final Map<Integer, LayerState> told = new HashMap<>();
    private final Map<Integer, Integer> retriesTold = new HashMap<>();
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean foundTold;

    private PullWatch(PullTracker tracker, Consumer<PullProgress> listener) {
        this.tracker = tracker;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("pull-progress").unstarted(this::run);
    }

    public static PullWatch start(PullTracker tracker, Consumer<PullProgress> listener) {
        PullWatch watch = new PullWatch(tracker, listener);
        watch.thread.start();
        return watch;
    }

    private void run() {
        listener.accept(new PullProgress.Resolving(tracker.reference()));
        boolean over = false;
        while (!over) {
            try {
                over = ended.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                return; // The listener was interrupted, by himself.
            }
            tell();
        }
    }

    private void tell() {
        tellRetries(-1);
        if (!foundTold && tracker.found().isPresent()) {
            foundTold = true;
            listener.accept(tracker.found().get());
        }
        List<LayerState> states = foundTold ? tracker.states() : List.of();
        for (LayerState state : states) {
            tellRetries(state.index());
            if (!state.equals(told.put(state.index(), state))) {
                listener.accept(state);
            }
        }
    }

    private void tellRetries(int layer) {
        int from = retriesTold.getOrDefault(layer, 0);
        List<PullProgress.Retrying> news = tracker.retries(layer, from);
        news.forEach(listener);
        retriesTold.put(layer, from + news.size());
    }

    /** Returns when the listener has heard the last of it, or does not take it in time. */
    @Override
    public void close() {
        ended.countDown();
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
