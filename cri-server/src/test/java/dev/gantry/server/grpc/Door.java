package dev.gantry.server.grpc;

import dev.gantry.model.Failure;
import dev.gantry.proto.cri.v1.CgroupDriver;
import dev.gantry.proto.cri.v1.ImageServiceGrpc;
import dev.gantry.proto.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc;
import dev.gantry.proto.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;
import dev.gantry.server.streaming.StreamRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The services as the daemon has them, over gRPC within the process. */
final class Door implements AutoCloseable {
    static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L, 5);

    /** Far less than the default of grpc.event-queue. */
    static final int EVENT_QUEUE = 64;

    /** The default of grpc.max-message. */
    static final int MAX_MESSAGE = 16 << 20;

    final FakeEngine engine = new FakeEngine();
    final ContainerEvents events = new ContainerEvents(engine, EVENT_QUEUE);

    /** What URLs were given out for. */
    final List<StreamRequest> streams = new CopyOnWriteArrayList<>();

    private final Server server;
    final ManagedChannel channel;
    final RuntimeServiceBlockingStub runtime;
    final ImageServiceBlockingStub images;

    Door() {
        String name = InProcessServerBuilder.generateName();
        InProcessServerBuilder builder = InProcessServerBuilder.forName(name);
        CriServer.services(
                        engine,
                        new RuntimeInfo(
                                "gantry",
                                "9.9.9",
                                CgroupDriver.CGROUPFS,
                                () -> "{\"root\":\"/r\"}"),
                        events,
                        this::url,
                        Clock.fixed(NOW, ZoneOffset.UTC))
                .forEach(builder::addService);
        CriServer.intercept(builder, MAX_MESSAGE, List.of());
        try {
            server = builder.build().start();
        } catch (IOException e) {
            throw Failure.of("start in-process gRPC", e);
        }
        channel = InProcessChannelBuilder.forName(name).build();
        runtime = RuntimeServiceGrpc.newBlockingStub(channel);
        images = ImageServiceGrpc.newBlockingStub(channel);
    }

    private String url(StreamRequest request) {
        streams.add(request);
        return "http://127.0.0.1:1/" + request.verb() + "/" + streams.size();
    }

    /** The runtime service as a client of a scope calls it. */
    RuntimeServiceBlockingStub runtime(String scope) {
        Metadata headers = new Metadata();
        headers.put(Scopes.HEADER, scope);
        return runtime.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}
