package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.content.PartialBlob;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Takes one segment of a blob from whatever hosts send of it. A stream that ends early, goes on too
 * long or trickles is a failure; what came before that counts.
 */
final class SegmentReader implements Repository.PartReader {
    private final PartialBlob partial;
    private final PartialBlob.Writer writer;
    private final Segments segments;
    private final Segments.Segment segment;
    private final Duration window;
    private final long leastRate;
    private final Runnable onRange;
    private final byte[] chunk;

    /**
     * @param writer the connection's
     * @param chunk the connection's buffer
     * @param window in which at least {@code leastRate} bytes a second have to come
     * @param onRange told when a host has shown that it knows ranges
     */
    SegmentReader(
            PartialBlob partial,
            PartialBlob.Writer writer,
            byte[] chunk,
            Segments segments,
            Segments.Segment segment,
            Duration window,
            long leastRate,
            Runnable onRange) {
        this.partial = partial;
        this.writer = writer;
        this.chunk = chunk;
        this.segments = segments;
        this.segment = segment;
        this.window = window;
        this.leastRate = leastRate;
        this.onRange = onRange;
    }

    boolean done() {
        return segment.at() >= segment.to();
    }

    @Override
    public long from() {
        return segment.at();
    }

    @Override
    public long to() {
        return segment.to();
    }

    @Override
    public void read(InputStream stream, long at, boolean exact) throws IOException {
        if (exact) {
            onRange.run();
        } else {
            segments.extend(segment); // It sends all, once more; then let it be for the last time.
        }
        long position = at;
        long since = System.nanoTime();
        long inWindow = 0;
        while (!done()) {
            int count = stream.read(chunk, 0, chunk.length);
            if (count < 0) {
                throw new Failure(
                        Failure.Code.UNAVAILABLE,
                        "the stream ended %d bytes early".formatted(segment.to() - segment.at()));
            }
            take(position, count);
            position += count;
            inWindow += count;
            long now = System.nanoTime();
            if (now - since > window.toNanos()) {
                checkRate(inWindow);
                since = now;
                inWindow = 0;
            }
        }
        if (segment.to() == partial.size() && stream.read(chunk, 0, 1) > 0) {
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "the stream is longer than the %d bytes of the manifest"
                            .formatted(partial.size()));
        }
    }

    /** Keeps what is wanted of some bytes; a host without ranges sends others before. */
    private void take(long position, int count) throws IOException {
        int skip = Math.clamp(segment.at() - position, 0, count);
        int wanted = (int) Math.min(count - skip, segment.to() - segment.at());
        if (wanted > 0) {
            writer.write(segment.at(), chunk, skip, wanted);
            segment.advance(wanted);
        }
    }

    private void checkRate(long bytes) {
        if (bytes < leastRate * window.toSeconds()) {
            throw new Failure(
                    Failure.Code.DEADLINE_EXCEEDED,
                    "the host sent only %d bytes in %d seconds"
                            .formatted(bytes, window.toSeconds()));
        }
    }
}
