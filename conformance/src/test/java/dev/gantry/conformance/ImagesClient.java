package dev.gantry.conformance;

import dev.gantry.proto.v1.ImagesGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A client of {@code gantry.v1.Images} at a daemon's UNIX socket. */
record ImagesClient(ManagedChannel channel, EventLoopGroup loop) implements AutoCloseable {
    static ImagesClient connect(Path socket) {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        return new ImagesClient(
                NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                        .eventLoopGroup(loop)
                        .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                        .usePlaintext()
                        .maxInboundMessageSize(16 << 20)
                        .build(),
                loop);
    }

    ImagesGrpc.ImagesBlockingStub calls() {
        return ImagesGrpc.newBlockingStub(channel);
    }

    ImagesGrpc.ImagesStub streams() {
        return ImagesGrpc.newStub(channel);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
