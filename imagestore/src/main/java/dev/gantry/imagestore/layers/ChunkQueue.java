package dev.gantry.imagestore.layers;

import dev.gantry.model.Failure;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decompressed bytes on their way from one thread to another, 2 MiB at most; the taking side hashes
 * them, since it has time to spare while the other inflates.
 */
final class ChunkQueue extends InputStream {
    static final int CHUNK = 256 << 10;
    private static final int CHUNKS = 8;
    private static final long POLL_MILLIS = 100;

    /** Bytes, or how the stream ended. */
    private sealed interface Item {
        /**
         * @param length how much of the buffer counts
         */
        @SuppressWarnings("ArrayRecordComponent") // a buffer that changes hands, compared by nobody
        record Chunk(byte[] bytes, int length) implements Item {}

        record End() implements Item {}

        record Failed(Failure failure) implements Item {}
    }

    private final BlockingQueue<Item> filled = new ArrayBlockingQueue<>(CHUNKS + 1);
    private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(CHUNKS);
    private final MessageDigest digest;
    private volatile boolean cancelled;
    private Item.@Nullable Chunk current;
    private int at;
    private boolean ended;

    ChunkQueue(MessageDigest digest) {
        this.digest = digest;
        for (int i = 0; i < CHUNKS; i++) {
            empty.add(new byte[0]);
        }
    }

    /** For the giving side: a buffer to fill; waits for one. */
    byte[] emptyChunk() throws InterruptedException {
        byte[] chunk = null;
        while (chunk == null) {
            checkCancelled();
            chunk = empty.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
        return chunk.length == 0 ? new byte[CHUNK] : chunk;
    }

    /** For the giving side: hands a filled buffer over. There is room for every buffer. */
    void give(byte[] bytes, int length) {
        filled.add(new Item.Chunk(bytes, length));
    }

    void giveEnd() {
        filled.add(new Item.End());
    }

    void giveFailure(Failure failure) {
        filled.add(new Item.Failed(failure));
    }

    /** Makes both sides stop at their next step. */
    void cancel() {
        cancelled = true;
    }

    private void checkCancelled() {
        if (cancelled) {
            throw new Failure(Failure.Code.CANCELLED, "unpacking was cancelled");
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        Item.Chunk chunk = current();
        if (chunk == null) {
            return -1;
        }
        int count = Math.min(length, chunk.length - at);
        System.arraycopy(chunk.bytes, at, target, offset, count);
        at += count;
        if (at == chunk.length) {
            current = null;
            empty.add(chunk.bytes);
        }
        return count;
    }

    private Item.@Nullable Chunk current() {
        if (current == null && !ended) {
            at = 0;
            switch (take()) {
                case Item.Chunk chunk -> {
                    digest.update(chunk.bytes, 0, chunk.length);
                    current = chunk;
                }
                case Item.End() -> ended = true;
                case Item.Failed(Failure failure) -> throw failure;
            }
        }
        return current;
    }

    private Item take() {
        Item item = null;
        while (item == null) {
            checkCancelled();
            try {
                item = filled.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failure(Failure.Code.CANCELLED, "unpacking was interrupted", e);
            }
        }
        return item;
    }
}
