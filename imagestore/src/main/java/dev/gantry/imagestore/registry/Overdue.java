package dev.gantry.imagestore.registry;

import java.io.IOException;
import java.io.Serial;

/** A host did not do in time what was waited for. */
final class Overdue extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    /** What was waited for. */
    enum Phase {
        /** The connection, with all that has to be agreed on before a request can be sent. */
        CONNECTION,
        /** The answer, its next bytes, or that it takes the next bytes of what is sent. */
        ANSWER
    }

    private final Phase phase;

    Overdue(Phase phase, Throwable cause) {
        super("the time is up", cause);
        this.phase = phase;
    }

    Phase phase() {
        return phase;
    }
}
