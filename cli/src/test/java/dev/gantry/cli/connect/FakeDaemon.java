package dev.gantry.cli.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.ContainerState;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.ListRequest;
import dev.gantry.proto.v1.ListResponse;
import dev.gantry.proto.v1.LoadRequest;
import dev.gantry.proto.v1.LoadResponse;
import dev.gantry.proto.v1.LoadedImage;
import dev.gantry.proto.v1.LogsRequest;
import dev.gantry.proto.v1.LogsResponse;
import dev.gantry.proto.v1.Port;
import dev.gantry.proto.v1.TopRequest;
import dev.gantry.proto.v1.TopResponse;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.util.concurrent.Future;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A gRPC server with a few calls, as the daemon's is made. */
final class FakeDaemon implements AutoCloseable {
    private static final Context.Key<String> SCOPE = Context.key("scope");
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("gantry-scope", Metadata.ASCII_STRING_MARSHALLER);

    private final EventLoopGroup group;
    private final Server server;
    private final Optional<Path> socket;

    private FakeDaemon(EventLoopGroup group, NettyServerBuilder builder, Optional<Path> socket)
            throws IOException {
        this.group = group;
        this.socket = socket;
        server =
                builder.bossEventLoopGroup(group)
                        .workerEventLoopGroup(group)
                        .addService(new Containers())
                        .addService(new Images())
                        .intercept(new ScopeReader())
                        .build()
                        .start();
    }

    private static EventLoopGroup group() {
        return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    static FakeDaemon unix(Path socket) throws IOException {
        return new FakeDaemon(
                group(),
                NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                        .channelType(NioServerDomainSocketChannel.class),
                Optional.of(socket));
    }

    static FakeDaemon tls(Certificates certificates) throws IOException {
        File certificate = new File(certificates.file("cert.pem"));
        return new FakeDaemon(
                group(),
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .channelType(NioServerSocketChannel.class)
                        .sslContext(
                                GrpcSslContexts.forServer(
                                                certificate, new File(certificates.file("key.pem")))
                                        .trustManager(new File(certificates.file("ca.pem")))
                                        .clientAuth(ClientAuth.REQUIRE)
                                        .build()),
                Optional.empty());
    }

    String url() {
        return socket.map(path -> "unix://" + path)
                .orElseGet(() -> "tcp://127.0.0.1:" + server.getPort());
    }

    Connection connect() {
        return new Connection(Endpoint.parse(url(), Optional.empty()), Connection.LOCAL);
    }

    @Override
    public void close() {
        server.shutdownNow();
        Future<?> ended = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        assertThat(ended.awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
    }

    private static final class ScopeReader implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            String scope = Optional.ofNullable(headers.get(HEADER)).orElse("none");
            return Contexts.interceptCall(
                    Context.current().withValue(SCOPE, scope), call, headers, next);
        }
    }

    private static final class Containers extends ContainersGrpc.ContainersImplBase {
        @Override
        public void list(ListRequest request, StreamObserver<ListResponse> answer) {
            if (request.getLast() == 99) {
                return;
            }
            answer.onNext(
                    ListResponse.newBuilder()
                            .addContainers(
                                    Container.newBuilder()
                                            .setId("0123456789abcdef")
                                            .setName(SCOPE.get() + "-1")
                                            .setState(ContainerState.EXITED)
                                            .setExitCode(3)
                                            .setFinishedAt(1)
                                            .addPorts(
                                                    Port.newBuilder()
                                                            .setContainerPort(80)
                                                            .setHostPort(8080)
                                                            .setProtocol("tcp")))
                            .build());
            answer.onCompleted();
        }

        @Override
        public void top(TopRequest request, StreamObserver<TopResponse> answer) {
            answer.onError(
                    Status.NOT_FOUND
                            .withDescription("no such container: " + request.getContainer())
                            .asRuntimeException());
        }

        @Override
        public void logs(LogsRequest request, StreamObserver<LogsResponse> answer) {
            ServerCallStreamObserver<LogsResponse> stream =
                    (ServerCallStreamObserver<LogsResponse>) answer;
            ByteString data = ByteString.copyFrom(new byte[100_000]);
            for (int i = 0; i < request.getTail(); i++) {
                stream.onNext(LogsResponse.newBuilder().setAt(i).setData(data).build());
            }
            stream.onCompleted();
        }
    }

    private static final class Images extends ImagesGrpc.ImagesImplBase {
        @Override
        public StreamObserver<LoadRequest> load(StreamObserver<LoadResponse> answer) {
            return new StreamObserver<>() {
                private long bytes;

                @Override
                public void onNext(LoadRequest value) {
                    bytes += value.getData().size();
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {
                    answer.onNext(
                            LoadResponse.newBuilder()
                                    .addImages(
                                            LoadedImage.newBuilder()
                                                    .setImageId(Long.toString(bytes)))
                                    .build());
                    answer.onCompleted();
                }
            };
        }
    }
}
