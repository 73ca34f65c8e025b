package dev.gantry.engine;

import dev.gantry.model.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures writable layers when somebody asks and the last measure is old: in the background, two
 * at a time. A container's first measure is taken when it is made, of an empty layer, so that every
 * question is answered with a number.
 */
final class DiskMeter {
    private static final Logger LOG = LoggerFactory.getLogger(DiskMeter.class);

    private final Function<String, ContainerStats.Disk> measure;
    private final Duration interval;
    private final ConcurrentHashMap<String, ContainerStats.Disk> last = new ConcurrentHashMap<>();
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final Semaphore slots = new Semaphore(2);

    DiskMeter(Function<String, ContainerStats.Disk> measure, Duration interval) {
        this.measure = measure;
        this.interval = interval;
    }

    Optional<ContainerStats.Disk> of(String id) {
        Optional<ContainerStats.Disk> known = Optional.ofNullable(last.get(id));
        boolean old = known.map(d -> d.at().plus(interval).isBefore(Instant.now())).orElse(true);
        if (old && running.add(id)) {
            Thread.ofVirtual().name("measure " + id).start(() -> refresh(id));
        }
        return known;
    }

    /** Measures here and now what is known to be empty. */
    void first(String id) {
        try {
            last.put(id, measure.apply(id));
        } catch (Failure e) {
            notMeasured(id, e);
        }
    }

    void forget(String id) {
        last.remove(id);
    }

    private void refresh(String id) {
        slots.acquireUninterruptibly();
        try {
            last.put(id, measure.apply(id));
        } catch (Failure e) {
            notMeasured(id, e);
        } finally {
            slots.release();
            running.remove(id);
        }
    }

    private static void notMeasured(String id, Failure e) {
        LOG.atDebug()
                .addKeyValue("container", id)
                .addKeyValue("error", e.message())
                .log("writable layer not measured");
    }
}
