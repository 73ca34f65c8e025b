package dev.gantry.server.streaming;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;

/**
 * Decides whether a connection is read from: not while too much that was read waits to be taken,
 * nor while answers to control frames pile up before a peer that does not read them. TCP then holds
 * the peer back. May be used from any thread.
 */
final class ReadGate {
    /** What a piece costs besides its bytes, so that many small ones count too. */
    private static final int PIECE = 64;

    private final Channel channel;
    private long untaken;
    private int answers;
    private boolean shut;

    ReadGate(Channel channel) {
        this.channel = channel;
    }

    synchronized void received(int bytes) {
        untaken += bytes + PIECE;
        decide();
    }

    synchronized void taken(int bytes) {
        untaken -= bytes + PIECE;
        decide();
    }

    /** Sends an answer to a control frame, without waiting. */
    void answer(Object message) {
        answering(channel.writeAndFlush(message));
    }

    /** An answer is being sent. */
    void answering(ChannelFuture sent) {
        count(1);
        sent.addListener(_ -> count(-1));
    }

    private synchronized void count(int change) {
        answers += change;
        decide();
    }

    private void decide() {
        boolean shutNow =
                shut
                        ? untaken > Limits.UNTAKEN / 2 || answers > Limits.ANSWERS / 2
                        : untaken > Limits.UNTAKEN || answers > Limits.ANSWERS;
        if (shutNow != shut) {
            shut = shutNow;
            channel.config().setAutoRead(!shut);
        }
    }
}
