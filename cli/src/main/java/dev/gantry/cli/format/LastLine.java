package dev.gantry.cli.format;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/**
 * A terminal that is written to until a signal ends the process. Then its line is ended, below the
 * {@code ^C} that the terminal shows, and what other threads still draw is dropped, so that the
 * shell's prompt stands on a line of its own.
 */
final class LastLine extends FileOutputStream {
    private enum State {
        WORKING,
        ENDED,
        INTERRUPTED
    }

    private static volatile State state = State.WORKING;

    LastLine(FileDescriptor terminal) {
        super(terminal);
    }

    /** The process is going to end by itself. */
    static void ended() {
        state = State.ENDED;
    }

    /** To be called when the process ends, from a hook. */
    static void endedBySignal() {
        if (state != State.WORKING) {
            return;
        }
        state = State.INTERRUPTED;
        FileDescriptor terminal = Out.isTerminal(2) ? FileDescriptor.err : FileDescriptor.out;
        try {
            // Not closed: the descriptor is the process' own.
            new FileOutputStream(terminal).write('\n');
        } catch (IOException e) {
            // The terminal has gone, and its last line with it.
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (state != State.INTERRUPTED) {
            super.write(bytes, offset, length);
        }
    }
}
