package dev.gantry.imagestore.erofs;

import dev.gantry.model.Failure;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A file that grows by blocks and is written through a window that moves over it, so that what is
 * written near the end costs no call. What is behind the window is written in place.
 */
final class ImageFile implements Closeable {
    static final int BLOCK = 4096;

    private static final int WINDOW = 1 << 20;
    private static final long MAX_BLOCKS = 0xffff_fff0L;

    private final FileChannel channel;
    private final byte[] window = new byte[WINDOW];
    private final byte[] behind = new byte[16 << 10];
    private long start;
    private long end;

    private ImageFile(FileChannel channel) {
        this.channel = channel;
    }

    /** A new file. */
    static ImageFile create(Path path) throws IOException {
        return new ImageFile(
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    static long blocks(long bytes) {
        return (bytes + BLOCK - 1) / BLOCK;
    }

    /** Takes blocks at the end, which are zeros; answers where they begin. */
    long allocate(long blocks) {
        long at = end;
        if (blocks > MAX_BLOCKS - end / BLOCK) {
            throw new Failure(Failure.Code.RESOURCE_EXHAUSTED, "an image is over 16 TiB");
        }
        end += blocks * BLOCK;
        return at;
    }

    /** Where the file ends. */
    long end() {
        return end;
    }

    /** From where on writing costs no call of its own. */
    long windowStart() {
        return start;
    }

    /** Writes bytes to blocks that were taken. */
    void write(long position, byte[] bytes, int offset, int length) throws IOException {
        int[] done = {offset};
        fill(
                position,
                (target, at, count) -> {
                    System.arraycopy(bytes, done[0], target, at, count);
                    done[0] += count;
                    return count;
                },
                length);
    }

    void write(long position, byte[] bytes) throws IOException {
        write(position, bytes, 0, bytes.length);
    }

    /** Writes content to blocks that were taken. */
    void fill(long position, FileContent content, long length) throws IOException {
        if (position < 0 || position + length > end) {
            throw new IllegalArgumentException("write outside of what was taken");
        }
        long at = position;
        long stop = position + length;
        while (at < stop && at < start) {
            int count =
                    content.read(behind, 0, (int) Math.min(behind.length, min(stop, start) - at));
            writeFully(behind, count, at);
            at += count;
        }
        while (at < stop) {
            if (at >= start + WINDOW) {
                advance();
                continue;
            }
            int in = (int) (at - start);
            at += content.read(window, in, (int) Math.min(WINDOW - in, stop - at));
        }
    }

    private static long min(long a, long b) {
        return Math.min(a, b);
    }

    private void advance() {
        writeFully(window, WINDOW, start);
        Arrays.fill(window, (byte) 0);
        start += WINDOW;
    }

    private void writeFully(byte[] bytes, int count, long position) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
        long at = position;
        try {
            while (buffer.hasRemaining()) {
                at += channel.write(buffer, at);
            }
        } catch (ClosedByInterruptException e) {
            throw new Failure(Failure.Code.CANCELLED, "unpacking was interrupted", e);
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            boolean full = reason.startsWith("No space left") || reason.startsWith("Disk quota");
            throw new Failure(
                    full ? Failure.Code.RESOURCE_EXHAUSTED : Failure.Code.INTERNAL,
                    "write image of layer: " + reason,
                    e);
        }
    }

    /** Writes out what is left of the window. */
    void flush() {
        while (end > start) {
            if (end - start >= WINDOW) {
                advance();
            } else {
                writeFully(window, (int) (end - start), start);
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
