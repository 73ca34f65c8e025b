package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.DirectStream;
import dev.gantry.linux.fs.NativeBuffer;
import dev.gantry.model.Failure;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decompressed bytes on their way from one thread to another, 2 MiB at most, in memory outside the
 * heap; the taking side hashes them, since it has time to spare while the other inflates. Close it
 * when both sides have ended, and only then: its memory is freed at once.
 */
final class ChunkQueue extends DirectStream {
    static final int CHUNK = 512 << 10;
    private static final int CHUNKS = 4;
    private static final long POLL_MILLIS = 100;

    /** Bytes, or how the stream ended. */
    private sealed interface Item {
        record Chunk(NativeBuffer memory) implements Item {}

        record End() implements Item {}

        record Failed(Failure failure) implements Item {}
    }

    private final BlockingQueue<Item> filled = new ArrayBlockingQueue<>(CHUNKS + 1);
    private final BlockingQueue<NativeBuffer> empty = new ArrayBlockingQueue<>(CHUNKS);
    private final MessageDigest digest;
    private volatile boolean cancelled;
    private final List<NativeBuffer> all = new ArrayList<>();
    private @Nullable NativeBuffer current;
    private boolean ended;

    ChunkQueue(MessageDigest digest) {
        this.digest = digest;
        for (int i = 0; i < CHUNKS; i++) {
            NativeBuffer chunk = new NativeBuffer(CHUNK);
            all.add(chunk);
            empty.add(chunk);
        }
    }

    /** For the giving side: a buffer to fill; waits for one. */
    NativeBuffer emptyChunk() throws InterruptedException {
        NativeBuffer chunk = null;
        while (chunk == null) {
            checkCancelled();
            chunk = empty.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        }
        chunk.bytes().clear();
        return chunk;
    }

    /** For the giving side: hands a buffer over, filled to its position. Each has its room. */
    void give(NativeBuffer chunk) {
        chunk.bytes().flip();
        filled.add(new Item.Chunk(chunk));
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
    public int read(ByteBuffer target) {
        ByteBuffer chunk = current();
        if (chunk == null) {
            return -1;
        }
        int count = Math.min(chunk.remaining(), target.remaining());
        target.put(target.position(), chunk, chunk.position(), count);
        target.position(target.position() + count);
        taken(chunk, count);
        return count;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        ByteBuffer chunk = current();
        if (chunk == null) {
            return -1;
        }
        int count = Math.min(length, chunk.remaining());
        chunk.get(chunk.position(), target, offset, count);
        taken(chunk, count);
        return count;
    }

    @Override
    public long skip(long most) {
        ByteBuffer chunk = most > 0 ? current() : null;
        if (chunk == null) {
            return 0;
        }
        int count = (int) Math.min(most, chunk.remaining());
        taken(chunk, count);
        return count;
    }

    private void taken(ByteBuffer chunk, int count) {
        chunk.position(chunk.position() + count);
        if (!chunk.hasRemaining() && current != null) {
            empty.add(current);
            current = null;
        }
    }

    /** What is left of the chunk that is taken; null at the end. */
    private @Nullable ByteBuffer current() {
        if (current == null && !ended) {
            switch (take()) {
                case Item.Chunk(NativeBuffer memory) -> {
                    digest.update(memory.bytes().duplicate());
                    current = memory;
                }
                case Item.End() -> ended = true;
                case Item.Failed(Failure failure) -> throw failure;
            }
        }
        return current == null ? null : current.bytes();
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

    @Override
    public void close() {
        all.forEach(NativeBuffer::close);
    }
}
