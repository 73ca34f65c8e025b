package dev.gantry.cli.stream;

import com.google.protobuf.ByteString;
import dev.gantry.cli.terminal.Terminal;

/** A call both ways. One thread receives; others may send. */
public interface Duplex {
    /** Sends input; false when nobody takes it any more. */
    boolean stdin(ByteString data) throws InterruptedException;

    /** Says that there is no more input. */
    void closeStdin() throws InterruptedException;

    /** Says how large the window is now. */
    void resize(Terminal.Size size) throws InterruptedException;

    /**
     * Waits for the next answer; a failure of the call is a StatusRuntimeException, and so is its
     * end without an exit code.
     */
    Answer next() throws InterruptedException;

    /** Lets go. */
    void cancel();
}
