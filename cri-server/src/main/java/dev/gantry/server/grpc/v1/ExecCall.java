package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Engine;
import dev.gantry.engine.ExecOptions;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.ExecRequest;
import dev.gantry.proto.v1.ExecResponse;
import dev.gantry.proto.v1.ExecStart;
import dev.gantry.proto.v1.Exit;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.StreamOptions;
import io.grpc.stub.StreamObserver;

/** A command in a container, with its streams. */
final class ExecCall {
    private final Engine engine;
    private final ContainerKeeper keeper;

    ExecCall(Engine engine, ContainerKeeper keeper) {
        this.engine = engine;
        this.keeper = keeper;
    }

    StreamObserver<ExecRequest> begin(StreamObserver<ExecResponse> out) {
        Requests<ExecRequest> requests = new Requests<>(out);
        AnswerStream.start(out, "exec", answer -> run(requests, answer));
        return requests;
    }

    private void run(Requests<ExecRequest> requests, AnswerStream<ExecResponse> answer)
            throws InterruptedException {
        ExecStart start =
                requests.next()
                        .filter(ExecRequest::hasStart)
                        .map(ExecRequest::getStart)
                        .orElseThrow(() -> Failure.invalid("the first request has to be start"));
        String id = keeper.id(start.getContainer());
        boolean detach = start.getDetach();
        boolean tty = start.getTty();
        StreamOptions streams =
                new StreamOptions(tty, start.getStdin() && !detach, !detach, !detach && !tty);
        ProcessCall<ExecRequest, ExecResponse> call =
                new ProcessCall<>(requests, answer, ExecCall::word);
        try (ProcessStreams process =
                engine.exec(id, start.getCommandList(), streams, options(start))) {
            call.send(
                    ExecResponse.newBuilder()
                            .setStarted(ExecResponse.Started.newBuilder().setPid(process.pid()))
                            .build());
            if (detach) {
                return;
            }
            int code =
                    call.carry(
                            process,
                            bytes -> ExecResponse.newBuilder().setStdout(bytes).build(),
                            bytes -> ExecResponse.newBuilder().setStderr(bytes).build());
            call.send(ExecResponse.newBuilder().setExit(Exit.newBuilder().setCode(code)).build());
        }
    }

    private static ExecOptions options(ExecStart start) {
        return new ExecOptions(
                start.getEnvironmentList(),
                start.getWorkingDir(),
                start.getUser(),
                start.getPrivileged(),
                start.getDetach(),
                start.getSize().getRows(),
                start.getSize().getColumns());
    }

    private static ProcessCall.Word word(ExecRequest request) {
        return switch (request.getRequestCase()) {
            case STDIN -> new ProcessCall.Word.Input(request.getStdin());
            case CLOSE_STDIN -> new ProcessCall.Word.EndOfInput();
            case RESIZE -> new ProcessCall.Word.Resize(request.getResize());
            case START, REQUEST_NOT_SET ->
                    throw Failure.invalid("only the first request can be start");
        };
    }
}
