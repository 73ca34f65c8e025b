package dev.gantry.server.streaming;

import dev.gantry.model.Failure;
import dev.gantry.server.config.Settings;
import dev.gantry.server.tls.TlsContext;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for clients that come with a URL it gave out. */
public final class StreamingServer implements StreamUrls, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamingServer.class);

    private static final int THREADS = 2;
    private static final int BACKLOG = 128;

    private final Settings.Streaming settings;
    private final Optional<TlsContext> tls;
    private final Tokens tokens = new Tokens(System::nanoTime, Limits.TOKEN_LIFE, Limits.TOKENS);
    private final Sessions sessions;
    private final Upgrades upgrades;
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(
                    THREADS,
                    new DefaultThreadFactory("streaming", true),
                    NioIoHandler.newFactory());
    private final ChannelGroup connections =
            new DefaultChannelGroup("streaming", GlobalEventExecutor.INSTANCE);
    private final Channel listening;
    private final String base;

    private StreamingServer(
            Settings.Streaming settings, Optional<TlsContext> tls, StreamBackend backend) {
        this.settings = settings;
        this.tls = tls;
        this.sessions = new Sessions(backend, settings.creation());
        this.upgrades = new Upgrades(sessions);
        this.listening = listen();
        this.base = (tls.isPresent() ? "https://" : "http://") + host() + ":" + address().getPort();
    }

    /** Listens; UNAVAILABLE when the address cannot be had. */
    public static StreamingServer start(Settings.Streaming settings, StreamBackend backend) {
        Optional<TlsContext> tls = settings.tls().map(files -> TlsContext.open("streaming", files));
        return new StreamingServer(settings, tls, backend);
    }

    private Channel listen() {
        String host = settings.address().getHostString();
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(Limits.UNSENT / 2, Limits.UNSENT))
                        .childHandler(new Accept());
        ChannelFuture bound =
                bootstrap.bind(new InetSocketAddress(host, settings.address().getPort()));
        bound.awaitUninterruptibly();
        if (bound.isSuccess()) {
            return bound.channel();
        }
        stopThreads();
        throw new Failure(
                Failure.Code.UNAVAILABLE,
                "listen for streaming on %s:%d: %s; choose another streaming.address"
                        .formatted(host, settings.address().getPort(), bound.cause().getMessage()),
                bound.cause());
    }

    /** Where it listens, also when the port was chosen by the kernel. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** The configured host; loopback for "every address", which is none to connect to. */
    private String host() {
        InetAddress bound = address().getAddress();
        if (!bound.isAnyLocalAddress()) {
            return settings.address().getHostString();
        }
        return bound instanceof Inet6Address ? "[::1]" : "127.0.0.1";
    }

    @Override
    public String url(StreamRequest request) {
        return base + "/" + request.verb() + "/" + tokens.give(request);
    }

    /** How many clients are served that asked for that. */
    public int sessions(StreamRequest.Kind kind) {
        return sessions.open(kind);
    }

    /** How many clients are connected. */
    int connections() {
        return connections.size();
    }

    private final class Accept extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            if (connections.size() >= Limits.CONNECTIONS) {
                LOG.atWarn()
                        .addKeyValue("error", Limits.CONNECTIONS + " connections are open")
                        .log("streaming client turned away");
                Goodbye.close(channel);
                return;
            }
            connections.add(channel);
            tls.ifPresent(t -> channel.pipeline().addLast(t.current().newHandler(channel.alloc())));
            Front front = new Front(tokens, upgrades);
            channel.pipeline()
                    .addLast(
                            new Idle(),
                            new HttpServerCodec(
                                    Limits.REQUEST_LINE,
                                    Limits.REQUEST_HEADERS,
                                    Limits.REQUEST_BODY),
                            new HttpObjectAggregator(Limits.REQUEST_BODY),
                            front);
            Goodbye.later(
                    channel,
                    settings.creation(),
                    () -> {
                        if (channel.pipeline().get(Front.class) != null) {
                            Goodbye.close(channel);
                        }
                    });
        }
    }

    /** Closes a connection over which nothing has moved for long. */
    private final class Idle extends IdleStateHandler {
        Idle() {
            super(true, 0, 0, settings.idle().toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        protected void channelIdle(ChannelHandlerContext ctx, IdleStateEvent event) {
            LOG.atInfo()
                    .addKeyValue("timeout", settings.idle())
                    .log("idle streaming connection is closed");
            Goodbye.close(ctx);
        }
    }

    private void stopThreads() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Takes no more clients and closes those that are here, which ends what they run. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
        stopThreads();
    }
}
