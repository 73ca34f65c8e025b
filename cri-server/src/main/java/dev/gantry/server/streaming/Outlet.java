package dev.gantry.server.streaming;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * The way out of a connection for threads that may wait. Who writes while much is unsent waits
 * until his own message has left, so each writer adds one message at most.
 */
final class Outlet {
    private final Channel channel;

    Outlet(Channel channel) {
        this.channel = channel;
    }

    Channel channel() {
        return channel;
    }

    /** Sends a message; an IOException when the connection is gone. */
    void send(Object message) throws IOException {
        ChannelFuture sent = channel.writeAndFlush(message);
        if (!channel.isWritable()) {
            try {
                sent.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
        }
        if (sent.isDone() && !sent.isSuccess()) {
            throw new IOException("the connection is closed", sent.cause());
        }
    }
}
