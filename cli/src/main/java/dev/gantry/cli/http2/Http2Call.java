package dev.gantry.cli.http2;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call. What it hears goes to its listener in order, through the call's executor. */
final class Http2Call<Q, R> extends ClientCall<Q, R> implements Session.Stream {
    private static final int NO_ID = -1;

    private final Http2Channel.Shared shared;
    private final MethodDescriptor<Q, R> method;
    private final CallOptions options;
    private final Map<String, String> extra;
    private final Executor executor;
    private final Messages messages = new Messages();
    private @Nullable Listener<R> listener;
    private @Nullable Session session;
    private volatile int id = NO_ID;
    private int requested;
    private int uncredited;
    private boolean headersSeen;
    private boolean done;
    private @Nullable Runnable ending;

    Http2Call(
            Http2Channel.Shared shared,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            Map<String, String> extra) {
        this.shared = shared;
        this.method = method;
        this.options = options;
        this.extra = extra;
        Executor chosen = options.getExecutor();
        executor = new SerialExecutor(chosen == null ? Thread::startVirtualThread : chosen);
    }

    @Override
    public void start(Listener<R> responses, Metadata headers) {
        listener = responses;
        try {
            Session current = shared.session();
            session = current;
            id = current.open(this, fields(headers));
            if (!method.getType().clientSendsOneMessage()) {
                current.flush();
            }
        } catch (IOException e) {
            finish(lostStatus(e), new Metadata(), /* now= */ true);
            return;
        }
        Deadline deadline = options.getDeadline();
        if (deadline != null) {
            long nanos = Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS));
            CompletableFuture.delayedExecutor(
                            nanos, TimeUnit.NANOSECONDS, Thread::startVirtualThread)
                    .execute(() -> end(Status.DEADLINE_EXCEEDED));
        }
        executor.execute(responses::onReady);
    }

    private List<Header> fields(Metadata metadata) {
        List<Header> fields = new ArrayList<>();
        fields.add(new Header(":method", "POST"));
        fields.add(new Header(":scheme", "http"));
        fields.add(new Header(":path", "/" + method.getFullMethodName()));
        fields.add(new Header(":authority", shared.authority));
        fields.add(new Header("te", "trailers"));
        fields.add(new Header("content-type", "application/grpc"));
        fields.add(new Header("user-agent", "gantry-cli"));
        Deadline deadline = options.getDeadline();
        if (deadline != null) {
            long millis = Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS));
            fields.add(
                    new Header(
                            "grpc-timeout",
                            millis < 100_000_000 ? millis + "m" : millis / 1000 + "S"));
        }
        extra.forEach((name, value) -> fields.add(new Header(name, value)));
        byte[][] pairs = InternalMetadata.serialize(metadata);
        for (int i = 0; i < pairs.length; i += 2) {
            String name = new String(pairs[i], StandardCharsets.US_ASCII);
            String value =
                    name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
                            ? java.util.Base64.getEncoder()
                                    .withoutPadding()
                                    .encodeToString(pairs[i + 1])
                            : new String(pairs[i + 1], StandardCharsets.US_ASCII);
            fields.add(new Header(name, value));
        }
        return fields;
    }

    private static Status lostStatus(IOException e) {
        return Status.UNAVAILABLE.withDescription(e.getMessage()).withCause(e);
    }

    @Override
    public void sendMessage(Q message) {
        Session current = session;
        if (current == null || id == NO_ID) {
            return;
        }
        try {
            current.send(id, Messages.frame(method.streamRequest(message)), /* end= */ false);
            if (!method.getType().clientSendsOneMessage()) {
                current.flush();
            }
        } catch (IOException e) {
            lost(new Unreachable("the connection to the daemon ended", e));
        }
    }

    @Override
    public void halfClose() {
        Session current = session;
        if (current == null || id == NO_ID) {
            return;
        }
        try {
            current.send(id, new byte[0], /* end= */ true);
            current.flush();
        } catch (IOException e) {
            lost(new Unreachable("the connection to the daemon ended", e));
        }
    }

    @Override
    public void request(int count) {
        synchronized (messages) {
            requested = (int) Math.min(Integer.MAX_VALUE, (long) requested + count);
        }
        deliver();
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        end(Status.CANCELLED.withDescription(message).withCause(cause));
    }

    private void end(Status status) {
        finish(status, new Metadata(), /* now= */ true);
    }

    @Override
    public boolean isReady() {
        Session current = session;
        return current != null && id != NO_ID && current.writable(id);
    }

    @Override
    public void headers(List<Header> headers, boolean end) {
        if (end) {
            finish(Trailers.status(headers), Trailers.metadata(headers), /* now= */ false);
            return;
        }
        boolean first;
        synchronized (messages) {
            first = !headersSeen;
            headersSeen = true;
        }
        Listener<R> to = listener;
        if (first && to != null) {
            Metadata metadata = Trailers.metadata(headers);
            executor.execute(() -> to.onHeaders(metadata));
        }
    }

    @Override
    public void data(byte[] bytes, int credit, boolean end) {
        java.util.Optional<String> wrong;
        synchronized (messages) {
            uncredited += credit;
            wrong = messages.add(bytes);
        }
        wrong.ifPresent(what -> end(Status.INTERNAL.withDescription("the daemon sent " + what)));
        deliver();
        if (end) {
            end(Status.INTERNAL.withDescription("the answer ends without a status"));
        }
    }

    @Override
    public void reset(int code) {
        finish(Trailers.reset(code), new Metadata(), /* now= */ false);
    }

    @Override
    public void lost(Unreachable why) {
        finish(lostStatus(why), new Metadata(), /* now= */ false);
    }

    @Override
    public void writable() {
        Listener<R> to = listener;
        if (to != null) {
            executor.execute(to::onReady);
        }
    }

    /**
     * The first end counts; one that is not {@code now} lets what arrived before be taken first.
     */
    private void finish(Status status, Metadata trailers, boolean now) {
        Listener<R> to = listener;
        Session current = session;
        synchronized (messages) {
            if (done || (ending != null && !now) || to == null) {
                return;
            }
            Runnable close = () -> to.onClose(status, trailers);
            if (now) {
                done = true;
                executor.execute(close);
            } else {
                ending = close;
            }
        }
        if (current != null && id != NO_ID) {
            current.drop(id, /* tell= */ now);
        }
        deliver();
    }

    private void deliver() {
        int credit = 0;
        Listener<R> to = listener;
        synchronized (messages) {
            while (!done && to != null && requested > 0 && !messages.isEmpty()) {
                requested--;
                byte[] message = messages.take();
                executor.execute(() -> deliver(to, message));
            }
            if (messages.isEmpty()) {
                credit = uncredited;
                uncredited = 0;
                Runnable close = ending;
                if (close != null && !done) {
                    done = true;
                    executor.execute(close);
                }
            }
        }
        Session current = session;
        if (credit > 0 && current != null) {
            current.credit(id, credit);
        }
    }

    private void deliver(Listener<R> to, byte[] message) {
        R response;
        try {
            response = method.parseResponse(new ByteArrayInputStream(message));
        } catch (RuntimeException e) {
            end(Status.INTERNAL.withDescription("the daemon's answer cannot be read").withCause(e));
            return;
        }
        to.onMessage(response);
    }
}
