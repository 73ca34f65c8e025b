package dev.gantry.cli.http2;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Two directions of bytes, over whatever leads to a daemon. */
public interface Wire {
    /** What the daemon sends. */
    InputStream in();

    /** What it is sent; flushed after each frame or group of frames. */
    OutputStream out();

    /** Ends both directions; whoever reads or writes is woken. */
    void close() throws IOException;

    /** Makes one; called when the first call is made. */
    interface Dialer {
        /** A new connection. */
        Wire dial() throws IOException;
    }
}
