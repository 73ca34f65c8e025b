package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.Engine;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.AttachRequest;
import dev.gantry.proto.v1.AttachResponse;
import dev.gantry.proto.v1.AttachStart;
import dev.gantry.proto.v1.Exit;
import dev.gantry.proto.v1.LogsRequest;
import dev.gantry.proto.v1.Stream;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.StreamOptions;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.Optional;

/** The streams of a container's first process, from before its start when that is asked for. */
final class AttachCall {
    private final Engine engine;
    private final ContainerKeeper keeper;
    private final LogsCall logs;

    AttachCall(Engine engine, ContainerKeeper keeper, LogsCall logs) {
        this.engine = engine;
        this.keeper = keeper;
        this.logs = logs;
    }

    StreamObserver<AttachRequest> begin(StreamObserver<AttachResponse> out) {
        Requests<AttachRequest> requests = new Requests<>(out);
        AnswerStream.start(out, "attach", answer -> run(requests, answer));
        return requests;
    }

    private void run(Requests<AttachRequest> requests, AnswerStream<AttachResponse> answer)
            throws InterruptedException {
        AttachStart start =
                requests.next()
                        .filter(AttachRequest::hasStart)
                        .map(AttachRequest::getStart)
                        .orElseThrow(() -> Failure.invalid("the first request has to be start"));
        String id = keeper.id(start.getContainer());
        Container container = engine.container(id);
        boolean tty = container.config().run().tty();
        ProcessCall<AttachRequest, AttachResponse> call =
                new ProcessCall<>(requests, answer, AttachCall::word);
        StreamOptions streams = new StreamOptions(tty, start.getStdin(), true, !tty);
        try (ProcessStreams process = open(id, streams, start.getStart())) {
            ProcessCall.resize(process, start.getSize());
            call.send(
                    AttachResponse.newBuilder()
                            .setAttached(AttachResponse.Attached.newBuilder().setTty(tty))
                            .build());
            if (start.getLogs()) {
                sendLogs(container, process.attachedAt(), call);
            }
            int code = call.carry(process, AttachCall::stdout, AttachCall::stderr);
            call.send(AttachResponse.newBuilder().setExit(Exit.newBuilder().setCode(code)).build());
        }
    }

    private ProcessStreams open(String id, StreamOptions streams, boolean start) {
        return start
                ? engine.attachAndStart(id, streams, () -> keeper.start(id))
                : engine.attachHolding(id, streams);
    }

    /** Up to where the streams go on; the container waits meanwhile when it writes much. */
    private void sendLogs(
            Container container,
            Optional<Instant> until,
            ProcessCall<AttachRequest, AttachResponse> call)
            throws InterruptedException {
        LogsRequest.Builder request = LogsRequest.newBuilder();
        until.ifPresent(time -> request.setUntil(Nanos.of(time)));
        logs.read(
                container,
                request.build(),
                line ->
                        call.send(
                                line.getStream() == Stream.STDERR
                                        ? stderr(line.getData())
                                        : stdout(line.getData())));
    }

    private static AttachResponse stdout(com.google.protobuf.ByteString bytes) {
        return AttachResponse.newBuilder().setStdout(bytes).build();
    }

    private static AttachResponse stderr(com.google.protobuf.ByteString bytes) {
        return AttachResponse.newBuilder().setStderr(bytes).build();
    }

    private static ProcessCall.Word word(AttachRequest request) {
        return switch (request.getRequestCase()) {
            case STDIN -> new ProcessCall.Word.Input(request.getStdin());
            case CLOSE_STDIN -> new ProcessCall.Word.EndOfInput();
            case RESIZE -> new ProcessCall.Word.Resize(request.getResize());
            case START, REQUEST_NOT_SET ->
                    throw Failure.invalid("only the first request can be start");
        };
    }
}
