package dev.gantry.cli.http2;

import java.io.IOException;

/** No connection could be made, or the one that was there ended; its cause says why. */
public final class Unreachable extends IOException {
    Unreachable(String message, IOException cause) {
        super(message, cause);
    }
}
