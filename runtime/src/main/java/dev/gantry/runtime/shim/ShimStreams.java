package dev.gantry.runtime.shim;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ContainerProcess;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.plan.WireWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command, or a container attached to, through the shim. The streams are pipes whose other ends
 * are passed with the request: the process' own, or the shim's for a terminal and to attach. A
 * virtual thread follows the connection, on which the shim says what became of the process.
 */
public final class ShimStreams implements ProcessStreams {
    private static final Logger LOG = LoggerFactory.getLogger(ShimStreams.class);
    private static final int REQUEST = 1;
    private static final int SUBSCRIPTION = 2;
    private static final int LARGEST_SIZE = 0xffff;

    /** What the shim relays may come after its word of the end, unless a stray holds it up. */
    private static final Duration RELAYED = Duration.ofSeconds(1);

    private final StreamsCall call;
    private final StreamPipes pipes;
    private final StreamsConnection connection;
    private final Outcome<Integer> started = new Outcome<>();
    private final Outcome<Integer> ended = new Outcome<>();
    private final AtomicInteger requests = new AtomicInteger(SUBSCRIPTION);
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Optional<Instant> attachedAt = Optional.empty();

    private ShimStreams(StreamsCall call, StreamPipes pipes, StreamsConnection connection) {
        this.call = call;
        this.pipes = pipes;
        this.connection = connection;
    }

    /** Starts the command, or attaches when there is none; returns when that has been done. */
    public static ProcessStreams open(Path dir, StreamsCall call, Duration deadline) {
        ShimStreams streams = NativeThreads.call(() -> connect(dir, call, deadline));
        Thread.ofVirtual().name("streams-" + call.containerId()).start(streams::follow);
        try {
            streams.started.await(deadline);
            return streams;
        } catch (RuntimeException e) {
            streams.close();
            throw e;
        }
    }

    private static ShimStreams connect(Path dir, StreamsCall call, Duration deadline)
            throws IOException {
        StreamPipes pipes = StreamPipes.open(call.options());
        try {
            Frame first = call.plan().isEmpty() ? attach(call) : exec(call);
            StreamsConnection connection =
                    StreamsConnection.open(dir, first, pipes.theirs(), deadline);
            pipes.forgetTheirs();
            return new ShimStreams(call, pipes, connection);
        } catch (IOException e) {
            pipes.close();
            throw new Failure(
                    Failure.Code.UNAVAILABLE,
                    "the shim of pod %s takes no request: %s"
                            .formatted(dir.getFileName(), e.getMessage()),
                    e);
        }
    }

    private static Frame attach(StreamsCall call) {
        WireWriter out = new WireWriter().string(call.containerId()).u32(call.allFlags());
        return new Frame(Frame.ATTACH, REQUEST, out.toBytes());
    }

    private static Frame exec(StreamsCall call) {
        return ExecFrame.of(
                REQUEST,
                call.containerId(),
                call.allFlags(),
                call.pidFile(),
                call.rows(),
                call.columns(),
                call.plan());
    }

    @Override
    public Optional<Instant> attachedAt() {
        return attachedAt;
    }

    private void follow() {
        try {
            Optional<Frame> frame = connection.read();
            while (frame.isPresent()) {
                handle(frame.get());
                frame = connection.read();
            }
            fail(
                    new Failure(
                            Failure.Code.UNAVAILABLE,
                            "the shim of container %s is gone".formatted(call.containerId())));
        } catch (IOException e) {
            fail(
                    closed.get()
                            ? new Failure(Failure.Code.CANCELLED, "the streams were closed", e)
                            : Failure.of("follow container " + call.containerId(), e));
        } catch (Failure e) {
            fail(e);
        }
    }

    private void handle(Frame frame) throws IOException {
        switch (frame.type()) {
            case Frame.STARTED -> started.complete(new WireReader(frame.payload()).i32());
            case Frame.OK -> {
                if (frame.id() == REQUEST) {
                    if (frame.payload().length > 0) {
                        attachedAt = Optional.of(new WireReader(frame.payload()).instant());
                    }
                    connection.send(new Frame(Frame.SUBSCRIBE, SUBSCRIPTION, new byte[0]));
                    started.complete(0);
                }
            }
            case Frame.FAILED -> throw StepFailures.of(frame, call.plan());
            case Frame.EXITED -> exited(ShimClient.exited(frame));
            case Frame.ERROR -> {
                if (frame.id() == REQUEST) {
                    throw ShimClient.error(frame);
                }
                LOG.atDebug()
                        .addKeyValue("container", call.containerId())
                        .addKeyValue("error", ShimClient.error(frame).message())
                        .log("the shim refused what was asked of a stream");
            }
            default -> throw Failure.internal("the shim sent message " + frame.type());
        }
    }

    private void exited(ContainerProcess process) {
        if (!process.id().equals(call.containerId())) {
            return;
        }
        // A pipe of the process' own holds all that it wrote; what is relayed may follow.
        boolean own = !call.plan().isEmpty() && !call.options().terminal();
        pipes.endAfter(own ? Duration.ZERO : RELAYED);
        process.exit().ifPresent(exit -> ended.complete(exit.code()));
    }

    private void fail(Failure failure) {
        started.fail(failure);
        ended.fail(failure);
        pipes.endAfter(RELAYED);
    }

    @Override
    public int pid() {
        return started.now().orElse(0);
    }

    @Override
    public OutputStream stdin() {
        return pipes.stdin();
    }

    @Override
    public InputStream stdout() {
        return pipes.stdout();
    }

    @Override
    public InputStream stderr() {
        return pipes.stderr();
    }

    @Override
    public void resize(int rows, int columns) {
        if (!call.options().terminal()) {
            throw Failure.precondition("there is no terminal to resize");
        }
        if (rows < 0 || rows > LARGEST_SIZE || columns < 0 || columns > LARGEST_SIZE) {
            throw Failure.invalid("a terminal cannot be %d by %d".formatted(columns, rows));
        }
        WireWriter out = new WireWriter().string(call.containerId());
        out.u32(call.plan().isEmpty() ? 0 : REQUEST).u16(rows).u16(columns);
        try {
            connection.send(new Frame(Frame.RESIZE, requests.incrementAndGet(), out.toBytes()));
        } catch (IOException e) {
            throw Failure.of("resize the terminal of container " + call.containerId(), e);
        }
    }

    @Override
    public int await() {
        return ended.await();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            if (!ended.isDone() && !call.detached()) {
                started.now().filter(pid -> pid > 1).ifPresent(this::kill);
            }
            connection.close();
            pipes.close();
        }
    }

    private void kill(int pid) {
        ProcessTree.kill(call.processes(), pid);
    }
}
