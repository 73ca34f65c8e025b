package dev.gantry.engine;

import dev.gantry.model.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices shims that end without being told to (killed, out of memory): their pods are lost. One
 * look into /proc for each pod now and then is all it costs.
 */
final class ShimWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShimWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Parts parts;
    private final Recovery recovery;
    private final CountDownLatch closed = new CountDownLatch(1);

    ShimWatch(Parts parts, Recovery recovery) {
        this.parts = parts;
        this.recovery = recovery;
    }

    void start() {
        Thread.ofVirtual().name("shim watch").start(this::run);
    }

    private void run() {
        try {
            while (!closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at every pod once. */
    void look() {
        for (Pod pod : parts.world().pods()) {
            if (pod.ready() && !Files.exists(Path.of("/proc", Integer.toString(pod.shimPid())))) {
                try {
                    parts.shims().drop(pod.id());
                    recovery.ready(pod);
                } catch (Failure e) {
                    LOG.atWarn()
                            .addKeyValue("pod", pod.id())
                            .addKeyValue("error", e.message())
                            .log("the pod could not be looked at");
                }
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
