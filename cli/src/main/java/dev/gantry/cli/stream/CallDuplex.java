package dev.gantry.cli.stream;

import com.google.protobuf.ByteString;
import dev.gantry.cli.terminal.Terminal;
import dev.gantry.proto.v1.AttachRequest;
import dev.gantry.proto.v1.AttachResponse;
import dev.gantry.proto.v1.AttachStart;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ExecRequest;
import dev.gantry.proto.v1.ExecResponse;
import dev.gantry.proto.v1.ExecStart;
import dev.gantry.proto.v1.WindowSize;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@link Duplex} over the daemon's calls.
 *
 * @param <Q> what is sent
 * @param <R> what is received
 */
public final class CallDuplex<Q, R> implements Duplex {
    private final BlockingClientCall<Q, R> call;
    private final Function<Input, Q> request;
    private final Function<R, Answer> answer;

    private CallDuplex(
            BlockingClientCall<Q, R> call, Function<Input, Q> request, Function<R, Answer> answer) {
        this.call = call;
        this.request = request;
        this.answer = answer;
    }

    private sealed interface Input {
        record Data(ByteString data) implements Input {}

        record End() implements Input {}

        record Resize(WindowSize size) implements Input {}
    }

    /** Attaches to the first process. */
    public static Duplex attach(Channel daemon, AttachStart start) throws InterruptedException {
        CallDuplex<AttachRequest, AttachResponse> duplex =
                new CallDuplex<>(
                        ClientCalls.blockingBidiStreamingCall(
                                daemon, ContainersGrpc.getAttachMethod(), CallOptions.DEFAULT),
                        CallDuplex::attach,
                        CallDuplex::answer);
        duplex.send(AttachRequest.newBuilder().setStart(start).build());
        return duplex;
    }

    /** Runs a command in a container. */
    public static Duplex exec(Channel daemon, ExecStart start) throws InterruptedException {
        CallDuplex<ExecRequest, ExecResponse> duplex =
                new CallDuplex<>(
                        ClientCalls.blockingBidiStreamingCall(
                                daemon, ContainersGrpc.getExecMethod(), CallOptions.DEFAULT),
                        CallDuplex::exec,
                        CallDuplex::answer);
        duplex.send(ExecRequest.newBuilder().setStart(start).build());
        return duplex;
    }

    private static AttachRequest attach(Input input) {
        AttachRequest.Builder request = AttachRequest.newBuilder();
        return switch (input) {
            case Input.Data data -> request.setStdin(data.data()).build();
            case Input.End _ -> request.setCloseStdin(true).build();
            case Input.Resize resize -> request.setResize(resize.size()).build();
        };
    }

    private static ExecRequest exec(Input input) {
        ExecRequest.Builder request = ExecRequest.newBuilder();
        return switch (input) {
            case Input.Data data -> request.setStdin(data.data()).build();
            case Input.End _ -> request.setCloseStdin(true).build();
            case Input.Resize resize -> request.setResize(resize.size()).build();
        };
    }

    private static Answer answer(AttachResponse response) {
        return switch (response.getResponseCase()) {
            case STDOUT -> new Answer.Stdout(response.getStdout());
            case STDERR -> new Answer.Stderr(response.getStderr());
            case EXIT -> new Answer.Exited(response.getExit().getCode());
            case ATTACHED, RESPONSE_NOT_SET -> new Answer.Begun();
        };
    }

    private static Answer answer(ExecResponse response) {
        return switch (response.getResponseCase()) {
            case STDOUT -> new Answer.Stdout(response.getStdout());
            case STDERR -> new Answer.Stderr(response.getStderr());
            case EXIT -> new Answer.Exited(response.getExit().getCode());
            case STARTED, RESPONSE_NOT_SET -> new Answer.Begun();
        };
    }

    @Override
    public boolean stdin(ByteString data) throws InterruptedException {
        return send(request.apply(new Input.Data(data)));
    }

    @Override
    public void closeStdin() throws InterruptedException {
        send(request.apply(new Input.End()));
    }

    @Override
    public void resize(Terminal.Size size) throws InterruptedException {
        WindowSize window =
                WindowSize.newBuilder().setColumns(size.columns()).setRows(size.rows()).build();
        send(request.apply(new Input.Resize(window)));
    }

    /** A failure to send is heard of where answers are received. */
    private synchronized boolean send(Q message) throws InterruptedException {
        try {
            return call.write(message);
        } catch (StatusException | IllegalStateException e) {
            return false;
        }
    }

    @Override
    public Answer next() throws InterruptedException {
        try {
            @Nullable R response = call.read();
            if (response == null) {
                throw Status.UNAVAILABLE
                        .withDescription("the daemon ended the stream without an exit code")
                        .asRuntimeException();
            }
            return answer.apply(response);
        } catch (StatusException e) {
            throw e.getStatus().asRuntimeException(e.getTrailers());
        }
    }

    @Override
    public void cancel() {
        call.cancel("let go", null);
    }
}
