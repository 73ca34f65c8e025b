package dev.gantry.server.grpc;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Netty's way to a UNIX socket: the JDK's own channels, which sit on epoll too and need no library
 * of Netty's to be unpacked and loaded. One thread is plenty, since it only moves bytes.
 */
record SocketTransport(EventLoopGroup group) implements AutoCloseable {
    static SocketTransport open() {
        return new SocketTransport(
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("grpc", true), NioIoHandler.newFactory()));
    }

    static SocketAddress address(Path socket) {
        return UnixDomainSocketAddress.of(socket);
    }

    Class<? extends ServerChannel> channelType() {
        return NioServerDomainSocketChannel.class;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
