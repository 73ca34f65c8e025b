package dev.gantry.server.grpc;

import dev.gantry.model.Failure;
import dev.gantry.server.config.Settings;
import dev.gantry.server.tls.RotatingContext;
import dev.gantry.server.tls.SecretFile;
import dev.gantry.server.tls.TlsContext;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The same services for clients on other machines, over mutual TLS: who shows no certificate of the
 * client authority never gets past the handshake.
 */
public final class RemoteServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteServer.class);

    /** Clients that are slower than that are none. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    /** A laptop that was closed is noticed, and what it streamed ends, after a while of silence. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    /** TLS is work, which the thread of the UNIX socket has not to wait for. */
    private static final int THREADS = 2;

    private final Server server;
    private final EventLoopGroup group;

    private RemoteServer(Server server, EventLoopGroup group) {
        this.server = server;
        this.group = group;
    }

    /**
     * Listens and answers as {@link CriServer#start} does. INVALID_ARGUMENT says what is wrong with
     * the files, UNAVAILABLE that the address cannot be had.
     */
    public static RemoteServer start(
            Settings.Remote settings,
            int maxMessage,
            List<BindableService> services,
            List<ServerInterceptor> outermost,
            Executor executor) {
        if (settings.tls().clientCa().isEmpty()) {
            throw Failure.invalid("remote clients are not answered without a client authority");
        }
        Path key = settings.tls().key();
        TlsContext tls =
                TlsContext.open(
                        "remote clients",
                        settings.tls(),
                        builder -> {
                            SecretFile.check(key);
                            return GrpcSslContexts.configure(builder, SslProvider.JDK);
                        });
        String host = settings.address().getHostString();
        int port = settings.address().getPort();
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        THREADS,
                        new DefaultThreadFactory("remote", true),
                        NioIoHandler.newFactory());
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
                        .channelType(NioServerSocketChannel.class)
                        .bossEventLoopGroup(group)
                        .workerEventLoopGroup(group)
                        .sslContext(new RotatingContext(tls))
                        .handshakeTimeout(HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS)
                        .keepAliveTime(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
        CriServer.answer(builder, maxMessage, services, outermost, executor);
        try {
            RemoteServer remote = new RemoteServer(builder.build().start(), group);
            LOG.atInfo().addKeyValue("address", remote.address()).log("remote clients are served");
            return remote;
        } catch (IOException e) {
            stopThreads(group);
            throw new Failure(
                    Failure.Code.UNAVAILABLE,
                    "listen for remote clients on %s:%d: %s; choose another remote.address"
                            .formatted(host, port, reason(e)),
                    e);
        }
    }

    private static String reason(IOException e) {
        return e.getCause() == null
                ? String.valueOf(e.getMessage())
                : String.valueOf(e.getCause().getMessage());
    }

    /** Where it listens, also when the port was chosen by the kernel: "10.0.0.1:9156". */
    public String address() {
        InetSocketAddress bound = (InetSocketAddress) server.getListenSockets().getFirst();
        String host = bound.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + bound.getPort();
    }

    /** Takes no more calls, waits for those that run, then ends them. */
    public void stop(Duration grace) {
        try {
            CriServer.end(server, grace);
        } finally {
            stopThreads(group);
        }
    }

    private static void stopThreads(EventLoopGroup group) {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
    }
}
