package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.model.Failure;
import dev.gantry.server.grpc.v1.ImagesService;
import dev.gantry.server.streaming.StreamUrls;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * CRI's services on a UNIX socket. Each call runs on a virtual thread of its own, so a service may
 * block.
 */
public final class CriServer implements AutoCloseable {
    private static final int METADATA_MAX = 16 << 10;

    private final Server server;
    private final SocketTransport transport;

    private CriServer(Server server, SocketTransport transport) {
        this.server = server;
        this.transport = transport;
    }

    /** Binds the socket and answers. {@code outermost} sees each call first. */
    public static CriServer start(
            Path socket,
            int maxMessage,
            List<BindableService> services,
            List<ServerInterceptor> outermost,
            Executor executor) {
        SocketTransport transport = SocketTransport.open();
        SocketFile file = SocketFile.claim(socket);
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(SocketTransport.address(file.binding()))
                        .channelType(transport.channelType())
                        .bossEventLoopGroup(transport.group())
                        .workerEventLoopGroup(transport.group());
        answer(builder, maxMessage, services, outermost, executor);
        try {
            Server server = builder.build().start();
            file.publish();
            return new CriServer(server, transport);
        } catch (IOException e) {
            transport.close();
            throw new Failure(
                    Failure.Code.UNAVAILABLE, "listen on " + socket + ": " + e.getMessage(), e);
        }
    }

    /**
     * Lets a group use a socket that is served. FAILED_PRECONDITION when there is no such group.
     */
    public static void share(Path socket, String group) {
        SocketFile.give(socket, group);
    }

    /** What a server answers and how much it takes, wherever it listens. */
    static void answer(
            NettyServerBuilder builder,
            int maxMessage,
            List<BindableService> services,
            List<ServerInterceptor> outermost,
            Executor executor) {
        builder.maxInboundMetadataSize(METADATA_MAX)
                .maxInboundMessageSize(maxMessage)
                .permitKeepAliveWithoutCalls(true)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .executor(executor);
        services.forEach(builder::addService);
        intercept(builder, maxMessage, outermost);
    }

    /** CRI's two services, and Gantry's own. */
    public static List<BindableService> services(
            Engine engine, RuntimeInfo info, ContainerEvents events, StreamUrls urls, Clock clock) {
        return List.of(
                new RuntimeService(engine, info, events, urls),
                new ImageService(engine, clock),
                new ImagesService(engine));
    }

    /** Puts what every call passes through in order; the one that is added last comes first. */
    static <B extends ServerBuilder<B>> void intercept(
            ServerBuilder<B> builder, int maxMessage, List<ServerInterceptor> outermost) {
        builder.intercept(new AnswerLimit(maxMessage));
        builder.intercept(new Statuses());
        builder.intercept(new Scopes());
        builder.intercept(new CallLog());
        outermost.reversed().forEach(builder::intercept);
    }

    /** Takes no more calls, waits for those that run, then ends them. */
    public void stop(Duration grace) {
        try {
            end(server, grace);
        } finally {
            transport.close();
        }
    }

    /** Takes no more calls, waits for those that run, then ends them. */
    static void end(Server server, Duration grace) {
        server.shutdown();
        try {
            if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the server has stopped. */
    public void await() throws InterruptedException {
        server.awaitTermination();
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
    }
}
