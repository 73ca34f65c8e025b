package dev.gantry.server.grpc.v1;

import com.google.protobuf.ByteString;
import dev.gantry.engine.Container;
import dev.gantry.engine.Engine;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.LogsRequest;
import dev.gantry.proto.v1.LogsResponse;
import dev.gantry.proto.v1.Stream;
import dev.gantry.server.logs.LogQuery;
import dev.gantry.server.logs.LogReader;
import dev.gantry.server.logs.LogRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** What was kept of a container's output, and what comes of it. */
final class LogsCall {
    private static final ByteString LINE_FEED = ByteString.copyFromUtf8("\n");

    private final Engine engine;
    private final ContainerKeeper keeper;

    LogsCall(Engine engine, ContainerKeeper keeper) {
        this.engine = engine;
        this.keeper = keeper;
    }

    /** Takes one answer to the client. */
    @FunctionalInterface
    interface Sender {
        void send(LogsResponse line) throws InterruptedException;
    }

    void run(LogsRequest request, AnswerStream<LogsResponse> answer) throws InterruptedException {
        read(engine.container(keeper.id(request.getContainer())), request, answer::send);
    }

    /** Sends what a request asks for of a container's log. */
    void read(Container container, LogsRequest request, Sender sender) throws InterruptedException {
        Path log =
                container
                        .logPath()
                        .orElseThrow(
                                () ->
                                        Failure.precondition(
                                                "the output of container %s is not kept"
                                                        .formatted(container.id())));
        boolean both = !request.getStdout() && !request.getStderr();
        LogQuery query =
                new LogQuery(
                        both || request.getStdout(),
                        both || request.getStderr(),
                        time(request.getSince()),
                        time(request.getUntil()),
                        request.hasTail()
                                ? OptionalLong.of(request.getTail())
                                : OptionalLong.empty());
        LogReader reader = new LogReader(log, query, record -> sender.send(message(record)));
        if (request.getFollow()) {
            reader.follow(() -> keeper.over(container.id()));
        } else {
            reader.read();
        }
    }

    private static Optional<Instant> time(long nanos) {
        return nanos == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(0, nanos));
    }

    private static LogsResponse message(LogRecord record) {
        ByteString data = ByteString.copyFrom(record.data());
        return LogsResponse.newBuilder()
                .setAt(Nanos.of(record.at()))
                .setStream(record.stderr() ? Stream.STDERR : Stream.STDOUT)
                .setData(record.partial() ? data : data.concat(LINE_FEED))
                .setPartial(record.partial())
                .build();
    }
}
