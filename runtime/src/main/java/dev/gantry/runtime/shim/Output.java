package dev.gantry.runtime.shim;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.ipc.Descriptor;
import dev.gantry.linux.ipc.Pipe;
import dev.gantry.linux.ipc.ReadBuffer;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * What is read of one stream of a command: the beginning as far as there is room, the rest dropped.
 */
final class Output {
    /** Reads of one turn, so that a stream that never pauses does not hold up the others. */
    private static final int TURN = 16;

    private final Descriptor reader;
    private final OutputBudget.Share share;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(256);
    private boolean ended;
    private boolean truncated;

    Output(Pipe pipe, OutputBudget.Share share) {
        this.reader = pipe.reader();
        this.share = share;
    }

    void addTo(List<Descriptor> list) {
        if (!ended) {
            list.add(reader);
        }
    }

    void readIf(List<Descriptor> ready, ReadBuffer buffer) throws ErrnoException {
        if (ready.contains(reader)) {
            read(buffer);
        }
    }

    /** What is in the pipe now; a writer that is still there is not waited for. */
    void drain(ReadBuffer buffer) throws ErrnoException {
        if (!ended) {
            read(buffer);
        }
    }

    private void read(ReadBuffer buffer) throws ErrnoException {
        // A pipe holds 64 KiB unless somebody raised it to the limit of 1 MiB.
        for (int turn = 0; turn < TURN; turn++) {
            int count = reader.read(buffer);
            if (count == 0) {
                ended = true;
                return;
            }
            if (count < 0) {
                return;
            }
            int room = share.take(count);
            truncated |= room < count;
            kept.write(buffer.bytes(room), 0, room);
        }
    }

    byte[] bytes() {
        return kept.toByteArray();
    }

    boolean truncated() {
        return truncated;
    }
}
