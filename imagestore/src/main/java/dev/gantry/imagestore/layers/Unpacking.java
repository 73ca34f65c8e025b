package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.Decompression;
import dev.gantry.imagestore.archive.DirectStream;
import dev.gantry.linux.fs.NativeBuffer;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The giving side: decompresses a blob into a queue, within the limits. */
final class Unpacking {
    private final CountingStream blob;
    private final String mediaType;
    private final ApplyLimits limits;
    private final ChunkQueue queue;

    Unpacking(InputStream blob, String mediaType, ApplyLimits limits, ChunkQueue queue) {
        this.blob = new CountingStream(DirectStream.of(blob));
        this.mediaType = mediaType;
        this.limits = limits;
        this.queue = queue;
    }

    /** Runs to the end of the blob; the queue always learns how it ended. */
    void run() {
        try {
            pump();
            queue.giveEnd();
        } catch (Failure e) {
            queue.giveFailure(e);
        } catch (IOException e) {
            queue.giveFailure(readFailure(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            queue.giveFailure(new Failure(Failure.Code.CANCELLED, "unpacking was interrupted", e));
        } catch (RuntimeException | Error e) {
            queue.giveFailure(Failure.of("decompress layer", e));
        }
    }

    private static Failure readFailure(IOException e) {
        if (e.getCause() instanceof Failure failure) {
            return failure;
        }
        return Decompression.failure(e);
    }

    private void pump() throws IOException, InterruptedException {
        // A decompressor frees its native memory when it is closed; the blob shields itself from
        // it.
        try (DirectStream plain = DirectStream.of(Decompression.open(blob, mediaType))) {
            long total = 0;
            while (true) {
                NativeBuffer chunk = queue.emptyChunk();
                boolean more = fill(chunk.bytes(), plain);
                int count = chunk.bytes().position();
                total += count;
                check(total);
                if (count > 0) {
                    queue.give(chunk);
                }
                if (!more) {
                    return;
                }
            }
        }
    }

    /** False at the end. */
    private static boolean fill(ByteBuffer chunk, DirectStream plain) throws IOException {
        while (chunk.hasRemaining()) {
            if (plain.read(chunk) < 0) {
                return false;
            }
        }
        return true;
    }

    private void check(long total) {
        if (total > limits.maxBytes()) {
            throw Tally.exhausted(
                    "layer unpacks to more than %d bytes, the limit".formatted(limits.maxBytes()));
        }
        if (total > limits.ratioFloor() && total / limits.maxRatio() > blob.count) {
            throw Tally.exhausted(
                    "layer unpacks to more than %d times its size: a decompression bomb"
                            .formatted(limits.maxRatio()));
        }
    }

    /** Counts what is read and leaves closing to the owner. */
    private static final class CountingStream extends DirectStream {
        private final DirectStream in;
        private long count;

        CountingStream(DirectStream in) {
            this.in = in;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return counted(in.read(target));
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return counted(in.read(target, offset, length));
        }

        private int counted(int read) {
            count += Math.max(read, 0);
            return read;
        }

        @Override
        public void close() {}
    }
}
