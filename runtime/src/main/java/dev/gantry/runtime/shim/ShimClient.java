package dev.gantry.runtime.shim;

import dev.gantry.linux.Errno;
import dev.gantry.model.Failure;
import dev.gantry.runtime.ContainerProcess;
import dev.gantry.runtime.Exit;
import dev.gantry.runtime.Started;
import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.plan.PlanEncoder;
import dev.gantry.runtime.plan.WireWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Asks a pod's shim (docs/shim-protocol.md). Each request has a connection of its own: a UNIX
 * socket's connect costs microseconds, and a request that hangs then holds up no other.
 */
public final class ShimClient {
    /** The protocol that this client speaks. */
    public static final int PROTOCOL = 1;

    private final Path dir;
    private final Duration deadline;

    public ShimClient(Path dir, Duration deadline) {
        this.dir = dir;
        this.deadline = deadline;
    }

    /** What a shim says of itself. */
    public record Identity(int pid, String podId, boolean setUp) {}

    /** Whether it lives; UNAVAILABLE when not, FAILED_PRECONDITION for another protocol. */
    public Identity ping() {
        WireReader in = new WireReader(ask(Frame.PING, new WireWriter(), Frame.PONG).payload());
        int protocol = in.i32();
        if (protocol != PROTOCOL) {
            throw Failure.precondition(
                    "the shim in %s speaks protocol %d, this daemon %d: stop the pod with the version that started it"
                            .formatted(dir, protocol, PROTOCOL));
        }
        return new Identity(in.i32(), in.string(), in.u8() != 0);
    }

    public void setUp(List<LaunchStep> plan) {
        Frame reply = exchange(Frame.SETUP, new WireWriter().raw(PlanEncoder.encode(plan)));
        if (reply.type() == Frame.FAILED) {
            throw StepFailures.of(reply, plan);
        }
        expect(reply, Frame.OK);
    }

    /** Starts a container. */
    public Started start(StartRequest request) {
        WireWriter out = new WireWriter().string(request.containerId()).u32(request.flags());
        out.string(request.logPath()).string(request.oomFile()).string(request.pidFile());
        out.string(request.stderrFile()).raw(PlanEncoder.encode(request.plan()));
        out.raw(PlanEncoder.encode(request.planAfter()));
        if (request.logLimits().rotated()) {
            out.u64(request.logLimits().maxSize()).u32(request.logLimits().maxFiles());
        }
        Frame reply = exchange(Frame.START, out);
        if (reply.type() == Frame.FAILED) {
            throw StepFailures.of(reply, request.plan());
        }
        WireReader in = new WireReader(expect(reply, Frame.STARTED).payload());
        return new Started(in.i32(), in.instant());
    }

    public void signal(String containerId, int signal) {
        ask(Frame.SIGNAL, new WireWriter().string(containerId).u32(signal), Frame.OK);
    }

    public List<ContainerProcess> list() {
        WireReader in = new WireReader(ask(Frame.LIST, new WireWriter(), Frame.LISTING).payload());
        int count = in.i32();
        var list = new ArrayList<ContainerProcess>();
        for (int i = 0; i < count; i++) {
            list.add(listed(in));
        }
        return list;
    }

    private static ContainerProcess listed(WireReader in) {
        String id = in.string();
        boolean exited = in.u8() == 2;
        int pid = in.i32();
        Instant started = in.instant();
        Instant finished = in.instant();
        int code = in.i32();
        int signal = in.i32();
        boolean oom = in.u8() != 0;
        in.u64();
        return new ContainerProcess(
                id,
                pid,
                started,
                exited ? Optional.of(new Exit(code, signal, finished, oom)) : Optional.empty());
    }

    public void reopenLog(String containerId) {
        ask(Frame.REOPEN_LOG, new WireWriter().string(containerId), Frame.OK);
    }

    public void delete(String containerId) {
        ask(Frame.DELETE, new WireWriter().string(containerId), Frame.OK);
    }

    public void shutdown() {
        ask(Frame.SHUTDOWN, new WireWriter(), Frame.OK);
    }

    /** Calls the listener for each exit until the subscription is closed or the shim is gone. */
    public AutoCloseable onExit(Consumer<ContainerProcess> listener) {
        return ExitSubscription.start(dir, listener);
    }

    public Path dir() {
        return dir;
    }

    private Frame ask(int type, WireWriter payload, int expected) {
        return expect(exchange(type, payload), expected);
    }

    private Frame exchange(int type, WireWriter payload) {
        try (ShimConnection connection = ShimConnection.open(dir, deadline)) {
            return connection.request(type, payload.toBytes(), deadline);
        }
    }

    static Frame expect(Frame reply, int type) {
        if (reply.type() == type) {
            return reply;
        }
        if (reply.type() == Frame.ERROR) {
            throw error(reply);
        }
        throw Failure.internal(
                "the shim answered with message %d instead of %d".formatted(reply.type(), type));
    }

    /** An ERROR reply as a Failure. */
    static Failure error(Frame reply) {
        WireReader in = new WireReader(reply.payload());
        int errno = in.i32();
        String message = in.string();
        Failure.Code code =
                switch (errno) {
                    case Errno.ESRCH, Errno.ENOENT -> Failure.Code.NOT_FOUND;
                    case Errno.ENOBUFS -> Failure.Code.RESOURCE_EXHAUSTED;
                    case Errno.EBUSY, Errno.EPIPE -> Failure.Code.FAILED_PRECONDITION;
                    case Errno.EEXIST -> Failure.Code.ALREADY_EXISTS;
                    case Errno.EINVAL -> Failure.Code.INVALID_ARGUMENT;
                    default -> Failure.Code.INTERNAL;
                };
        return new Failure(code, errno == 0 ? message : message + ": " + Errno.describe(errno));
    }

    /** An EXITED message as what has become of the container. */
    static ContainerProcess exited(Frame frame) {
        WireReader in = new WireReader(frame.payload());
        String id = in.string();
        int pid = in.i32();
        int code = in.i32();
        int signal = in.i32();
        boolean oom = in.u8() != 0;
        Instant started = in.instant();
        return new ContainerProcess(
                id, pid, started, Optional.of(new Exit(code, signal, in.instant(), oom)));
    }
}
