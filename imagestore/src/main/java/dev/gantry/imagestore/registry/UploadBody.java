package dev.gantry.imagestore.registry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The body of one attempt to send a piece: read as the connection takes it, never held whole, and
 * with a clock that says when it last moved.
 */
final class UploadBody implements Iterable<byte[]>, AutoCloseable {
    private static final int STEP = 128 << 10;

    private final Request.Body.Content content;
    private final AtomicLong moved = new AtomicLong(System.nanoTime());
    private final AtomicReference<@Nullable IOException> broken = new AtomicReference<>();
    private @Nullable InputStream stream;

    UploadBody(Request.Body.Content content) {
        this.content = content;
    }

    /** With a Content-Length, so it goes unchunked. */
    BodyPublisher publisher() {
        return content.length() == 0
                ? HttpRequest.BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(this), content.length());
    }

    /** Why it could not be read; that is not the network's fault. */
    Optional<IOException> broken() {
        return Optional.ofNullable(broken.get());
    }

    /** When a part of it was last taken, by {@link System#nanoTime}. */
    long moved() {
        return moved.get();
    }

    @Override
    public synchronized Iterator<byte[]> iterator() {
        close();
        return new Parts();
    }

    private synchronized InputStream stream() throws IOException {
        if (stream == null) {
            stream = content.source().open(content.from());
        }
        return stream;
    }

    @Override
    public synchronized void close() {
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                // It was read only.
            }
            stream = null;
        }
    }

    /** The piece, part by part. */
    private final class Parts implements Iterator<byte[]> {
        private long left = content.length();

        @Override
        public boolean hasNext() {
            return left > 0;
        }

        @Override
        public byte[] next() {
            if (left <= 0) {
                throw new NoSuchElementException();
            }
            try {
                byte[] part = stream().readNBytes((int) Math.min(STEP, left));
                if (part.length == 0) {
                    throw new EOFException("what is sent is shorter than it should be");
                }
                left -= part.length;
                moved.set(System.nanoTime());
                return part;
            } catch (IOException e) {
                broken.set(e);
                throw new UncheckedIOException(e);
            }
        }
    }
}
