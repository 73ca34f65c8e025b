package dev.gantry.linux.ipc;

import com.sun.jna.Memory;
import dev.gantry.linux.ErrnoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** poll(2): waits until one of some descriptors can be read or has ended. */
public final class Poll {
    private static final int SIZE = 8;
    private static final short POLLIN = 1;

    private Poll() {}

    /**
     * Blocks the thread, which must be a platform thread, until something can be read or the time
     * is over.
     *
     * @return those that can be read or have hung up; empty when the time is over
     */
    public static List<Descriptor> readable(List<Descriptor> descriptors, Duration timeout)
            throws ErrnoException {
        try (Memory fds = new Memory((long) SIZE * Math.max(1, descriptors.size()))) {
            for (int i = 0; i < descriptors.size(); i++) {
                fds.setInt((long) i * SIZE, descriptors.get(i).fd());
                fds.setShort((long) i * SIZE + 4, POLLIN);
                fds.setShort((long) i * SIZE + 6, (short) 0);
            }
            int millis = Math.clamp(timeout.toMillis(), 0, Integer.MAX_VALUE);
            int count = Sys.poll(fds, descriptors.size(), millis);
            if (count < 0 && Sys.interrupted()) {
                return List.of();
            }
            Sys.check(count, "poll");
            var ready = new ArrayList<Descriptor>();
            for (int i = 0; i < descriptors.size(); i++) {
                if (fds.getShort((long) i * SIZE + 6) != 0) {
                    ready.add(descriptors.get(i));
                }
            }
            return ready;
        }
    }
}
