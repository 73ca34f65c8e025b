package dev.gantry.server.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies a process's output to its client on a virtual thread. When the client no longer takes it,
 * the rest is read and dropped, so that the process is not held up.
 */
final class Pump {
    private static final Logger LOG = LoggerFactory.getLogger(Pump.class);

    private static final long WRITING = -1;

    private final Thread thread;

    /** Since when it has waited for the process, by the monotonic clock; or {@link #WRITING}. */
    private volatile long readingSince = System.nanoTime();

    private Pump(String name, InputStream from, OutputStream to) {
        thread = Thread.ofVirtual().name(name).unstarted(() -> copy(from, to));
    }

    static Pump start(String name, InputStream from, OutputStream to) {
        Pump pump = new Pump(name, from, to);
        pump.thread.start();
        return pump;
    }

    private void copy(InputStream from, OutputStream to) {
        byte[] buffer = new byte[Limits.COPY];
        boolean taken = true;
        try {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                readingSince = WRITING;
                taken = taken && give(to, buffer, n);
                readingSince = System.nanoTime();
            }
        } catch (IOException e) {
            LOG.atDebug()
                    .addKeyValue("stream", thread.getName())
                    .addKeyValue("error", e.getMessage())
                    .log("output ended");
        }
    }

    private static boolean give(OutputStream to, byte[] buffer, int n) {
        try {
            to.write(buffer, 0, n);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /** Waits for the end of the output; true when it is there. */
    boolean join(Duration patience) throws InterruptedException {
        return thread.join(patience);
    }

    /** Whether nothing has come from the process for that long. */
    boolean quiet(Duration atLeast) {
        long since = readingSince;
        return since != WRITING && System.nanoTime() - since >= atLeast.toNanos();
    }
}
