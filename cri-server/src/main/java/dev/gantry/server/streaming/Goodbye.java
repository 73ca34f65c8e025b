package dev.gantry.server.streaming;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundInvoker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How connections are closed. What comes of a close interests nobody, so no future is returned. */
@SuppressWarnings("FutureReturnValueIgnored")
final class Goodbye {
    private static final Logger LOG = LoggerFactory.getLogger(Goodbye.class);

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Goodbye() {}

    /** Closes at once. */
    static void close(ChannelOutboundInvoker from) {
        from.close();
    }

    /** Closes when that time is over, unless the connection has ended by then. */
    static void closeIn(Channel channel, Duration patience) {
        later(channel, patience, () -> channel.close());
    }

    /** Does something on the event loop when that time is over, unless the connection has ended. */
    static void later(Channel channel, Duration patience, Runnable action) {
        try {
            ScheduledFuture<?> timer =
                    channel.eventLoop()
                            .schedule(action, patience.toMillis(), TimeUnit.MILLISECONDS);
            channel.closeFuture().addListener(_ -> timer.cancel(false));
        } catch (RejectedExecutionException e) {
            LOG.atDebug().setCause(e).log("the server has stopped, and its connections with it");
        }
    }

    /** Closes once the last words are sent, or soon when the peer does not read. */
    static void say(Channel channel, Object words) {
        say(channel, channel, words);
    }

    /** As above, for a handler: what stands behind it in the pipeline is not asked. */
    static void say(ChannelHandlerContext ctx, Object words) {
        say(ctx.channel(), ctx, words);
    }

    /**
     * What a session does about an error: a connection that broke is closed, a peer that broke the
     * protocol is told.
     */
    static void after(Throwable thrown, ChannelHandlerContext ctx, Consumer<String> tell) {
        if (thrown instanceof IOException) {
            close(ctx);
        } else {
            tell.accept(String.valueOf(thrown.getMessage()));
        }
    }

    private static void say(Channel channel, ChannelOutboundInvoker from, Object words) {
        later(channel, PATIENCE, () -> from.close());
        from.writeAndFlush(words).addListener(_ -> from.close());
    }
}
