package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.PullProgress.LayerState;
import dev.gantry.imagestore.PullProgress.Phase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log now and then how a pull that takes long comes along. */
final class ProgressLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final PullTracker tracker;
    private final CountDownLatch ended = new CountDownLatch(1);
    private long before;

    private ProgressLog(PullTracker tracker) {
        this.tracker = tracker;
    }

    static ProgressLog start(PullTracker tracker) {
        ProgressLog log = new ProgressLog(tracker);
        Thread.ofVirtual().name("pull-log").start(log::run);
        return log;
    }

    private void run() {
        try {
            while (!ended.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                tracker.found().ifPresent(this::say);
            }
        } catch (InterruptedException e) {
            return; // Nobody interrupts it; then there is nothing more to say.
        }
    }

    private void say(PullProgress.Found found) {
        List<LayerState> states = tracker.states();
        long here =
                states.stream()
                        .filter(s -> s.phase() != Phase.PRESENT)
                        .mapToLong(LayerState::downloaded)
                        .sum();
        long ready =
                states.stream()
                        .filter(s -> s.phase() == Phase.DONE || s.phase() == Phase.PRESENT)
                        .count();
        LOG.atInfo()
                .addKeyValue("image", tracker.reference())
                .addKeyValue("bytes", here)
                .addKeyValue("of", found.bytes())
                .addKeyValue("bytes_per_second", (here - before) / PERIOD.toSeconds())
                .addKeyValue("layers", ready + "/" + states.size())
                .log("pulling");
        before = here;
    }

    @Override
    public void close() {
        ended.countDown();
    }
}
