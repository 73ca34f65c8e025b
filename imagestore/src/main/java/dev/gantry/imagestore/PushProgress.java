package dev.gantry.imagestore;

import dev.gantry.model.Digest;

/**
 * What a push tells whoever listens: how one blob or document stands. First all that the push is
 * about, as WAITING; then each when its state changes, and a few times a second while bytes move.
 *
 * @param sent bytes of it that have been sent; it may go back after a broken connection
 * @param size bytes of all of it
 */
public record PushProgress(Digest digest, State state, long sent, long size) {
    /** The last three are final. */
    public enum State {
        WAITING,
        SENDING,
        /** The registry has it now. */
        SENT,
        /** The registry had it. */
        EXISTS,
        /** The registry took it from another of its repositories. */
        MOUNTED
    }
}
