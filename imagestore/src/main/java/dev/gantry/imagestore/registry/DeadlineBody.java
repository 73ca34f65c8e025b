package dev.gantry.imagestore.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response body as a stream of which every read has a deadline; the JDK's own streams wait for
 * ever. A few pieces are asked for ahead, so the network does not wait for the reader.
 */
final class DeadlineBody implements BodySubscriber<InputStream> {
    private static final int AHEAD = 8;

    /** What arrives, in order; data first, then one end. */
    private sealed interface Event {
        record Data(List<ByteBuffer> buffers) implements Event {}

        record End(@Nullable Throwable error) implements Event {}
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final Duration deadline;

    DeadlineBody(Duration deadline) {
        this.deadline = deadline;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(new Stream());
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (subscription.complete(given)) {
            given.request(AHEAD);
        } else {
            given.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        events.add(new Event.Data(buffers));
    }

    @Override
    public void onError(Throwable error) {
        events.add(new Event.End(error));
    }

    @Override
    public void onComplete() {
        events.add(new Event.End(null));
    }

    /** One reader's view. */
    private final class Stream extends InputStream {
        private final Queue<ByteBuffer> current = new ArrayDeque<>();
        private Event.@Nullable End end;
        private boolean closed;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            if (closed) {
                throw new IOException("stream is closed");
            }
            if (length == 0) {
                return 0;
            }
            while (current.isEmpty()) {
                if (end == null) {
                    take();
                    continue;
                }
                if (end.error() != null) {
                    throw new IOException(end.error().getMessage(), end.error());
                }
                return -1;
            }
            ByteBuffer buffer = current.element();
            int count = Math.min(length, buffer.remaining());
            buffer.get(into, offset, count);
            if (!buffer.hasRemaining()) {
                current.remove();
            }
            return count;
        }

        private void take() throws IOException {
            Event event;
            try {
                event = events.poll(deadline.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
            switch (event) {
                case null -> {
                    close();
                    throw new HttpTimeoutException(
                            "no data for " + deadline.toSeconds() + " seconds");
                }
                case Event.Data data -> {
                    data.buffers().stream().filter(ByteBuffer::hasRemaining).forEach(current::add);
                    subscription.join().request(1);
                }
                case Event.End last -> end = last;
            }
        }

        /** Gives the connection up when the body was not read to its end. */
        @Override
        public void close() {
            if (!closed) {
                closed = true;
                // Cancelled before it came, onSubscribe does it.
                if (!subscription.cancel(false) && end == null) {
                    subscription.join().cancel();
                }
            }
        }
    }
}
