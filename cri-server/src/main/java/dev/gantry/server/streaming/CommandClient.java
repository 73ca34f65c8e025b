package dev.gantry.server.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** Who asked for an exec or attach: his ends of the streams, whatever carries them. */
interface CommandClient {
    /** What he types. Closing it drops what still comes. */
    Optional<InputStream> stdin();

    Optional<OutputStream> stdout();

    Optional<OutputStream> stderr();

    /** Sizes of his terminal, as {@link TerminalSizes} reads them. */
    Optional<InputStream> sizes();

    /** Tells how it ended, after all output; he then closes the connection. */
    void finish(CommandStatus status) throws IOException;
}
