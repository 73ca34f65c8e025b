package dev.gantry.runtime.shim;

import dev.gantry.linux.ipc.Descriptor;
import dev.gantry.linux.ipc.Pipe;
import dev.gantry.linux.ipc.Poll;
import dev.gantry.linux.ipc.ReadBuffer;
import dev.gantry.linux.ipc.UnixStream;
import dev.gantry.model.Failure;
import dev.gantry.runtime.ExecResult;
import dev.gantry.runtime.plan.LaunchStep;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs one command through the shim, its output read from pipes whose other ends are passed with
 * the request. One thread polls both pipes and the connection: the shim's word that the process has
 * ended ends the call, whoever still holds the pipes.
 */
public final class ShimExec {
    private static final int CHUNK = 64 << 10;
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final Path dir;
    private final Call call;
    private final Descriptor cancelled;
    private final FrameAssembler frames = new FrameAssembler();
    private int pid;

    /**
     * @param cancelled ends when nobody waits for the command any more
     */
    private ShimExec(Path dir, Call call, Descriptor cancelled) {
        this.dir = dir;
        this.call = call;
        this.cancelled = cancelled;
    }

    /**
     * What to run.
     *
     * @param flags of the protocol besides stdout and stderr
     * @param timeout zero: none
     * @param limit bytes kept of both streams together
     * @param processes those of the container, among which the command's are
     * @param patience how long the shim may take to accept the request
     */
    public record Call(
            String containerId,
            int flags,
            String pidFile,
            List<LaunchStep> plan,
            Duration timeout,
            int limit,
            Supplier<List<Integer>> processes,
            Duration patience) {
        public Call {
            plan = List.copyOf(plan);
        }
    }

    /** Runs a command to its end; when the caller is interrupted, the command is killed. */
    public static ExecResult run(Path dir, Call call) {
        try (Pipe cancelled = Pipe.open()) {
            return NativeThreads.call(
                    () -> new ShimExec(dir, call, cancelled.reader()).run(),
                    cancelled.writer()::close);
        } catch (IOException e) {
            throw Failure.of("run a command in container " + call.containerId(), e);
        }
    }

    private ExecResult run() throws IOException {
        try (Pipe out = Pipe.open();
                Pipe err = Pipe.open();
                UnixStream stream =
                        ShimConnection.address(
                                dir, path -> UnixStream.connect(path, call.patience()))) {
            stream.send(request(), List.of(out.writer(), err.writer()));
            // Ours would keep the pipes from ending.
            out.writer().close();
            err.writer().close();
            OutputBudget budget = new OutputBudget(call.limit());
            return follow(stream, new Output(out, budget.share()), new Output(err, budget.share()));
        }
    }

    private byte[] request() {
        int flags = call.flags() | StartRequest.STDOUT | StartRequest.STDERR;
        return ExecFrame.of(1, call.containerId(), flags, call.pidFile(), 0, 0, call.plan())
                .encode();
    }

    private ExecResult follow(UnixStream stream, Output out, Output err) throws IOException {
        Duration time = call.timeout().isZero() ? FOR_EVER : call.timeout();
        long end = System.nanoTime() + time.toNanos();
        try (ReadBuffer buffer = new ReadBuffer(CHUNK)) {
            while (true) {
                Duration left = Duration.ofNanos(end - System.nanoTime());
                if (!left.isPositive()) {
                    kill();
                    throw timedOut();
                }
                List<Descriptor> ready = Poll.readable(open(stream, out, err), left.plusMillis(1));
                if (ready.contains(cancelled)) {
                    // The connection ends with this, and the shim kills what is left of it.
                    kill();
                    throw new Failure(
                            Failure.Code.CANCELLED,
                            "nobody waits any more for the command in container %s; it was killed"
                                    .formatted(call.containerId()));
                }
                out.readIf(ready, buffer);
                err.readIf(ready, buffer);
                if (ready.contains(stream.descriptor())) {
                    Optional<Integer> code = answers(stream, buffer);
                    if (code.isPresent()) {
                        out.drain(buffer);
                        err.drain(buffer);
                        return new ExecResult(
                                code.get(),
                                out.bytes(),
                                err.bytes(),
                                out.truncated() || err.truncated());
                    }
                }
            }
        }
    }

    private void kill() {
        if (pid > 1) {
            ProcessTree.kill(call.processes(), pid);
        }
    }

    private List<Descriptor> open(UnixStream stream, Output out, Output err) {
        var list = new ArrayList<Descriptor>();
        list.add(stream.descriptor());
        list.add(cancelled);
        out.addTo(list);
        err.addTo(list);
        return list;
    }

    /** Reads what the shim says; the exit code when the command has ended. */
    private Optional<Integer> answers(UnixStream stream, ReadBuffer buffer) throws IOException {
        int count = stream.descriptor().read(buffer);
        if (count == 0) {
            throw new Failure(Failure.Code.UNAVAILABLE, "the shim is gone while the command ran");
        }
        if (count > 0) {
            frames.add(ByteBuffer.wrap(buffer.bytes(count)));
        }
        for (Optional<Frame> f = frames.next(); f.isPresent(); f = frames.next()) {
            Frame frame = f.get();
            switch (frame.type()) {
                case Frame.STARTED -> pid = new WireReader(frame.payload()).i32();
                case Frame.EXITED -> {
                    return ShimClient.exited(frame).exit().map(e -> e.code());
                }
                case Frame.FAILED -> throw StepFailures.of(frame, call.plan());
                default -> throw ShimClient.error(ShimClient.expect(frame, Frame.ERROR));
            }
        }
        return Optional.empty();
    }

    private Failure timedOut() {
        return new Failure(
                Failure.Code.DEADLINE_EXCEEDED,
                "the command in container %s did not end within %s s and was killed"
                        .formatted(call.containerId(), call.timeout().toMillis() / 1000.0));
    }
}
