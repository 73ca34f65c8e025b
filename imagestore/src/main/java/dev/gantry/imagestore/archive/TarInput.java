package dev.gantry.imagestore.archive;

import dev.gantry.model.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The stream below a tar reader: whole blocks, the position, and truncation told from the end. */
final class TarInput {
    private final DirectStream in;
    private final byte[] waste = new byte[64 << 10];
    private long position;

    TarInput(InputStream in) {
        this.in = DirectStream.of(in);
    }

    long position() {
        return position;
    }

    /** Fills a block; false when the stream ends before its first byte. */
    boolean readBlock(byte[] block) throws IOException {
        int count = in.readNBytes(block, 0, block.length);
        position += count;
        if (count != 0 && count != block.length) {
            throw truncated();
        }
        return count != 0;
    }

    int read(byte[] target, int offset, int length) throws IOException {
        return counted(in.read(target, offset, length));
    }

    /** Into a direct buffer, {@code most} bytes at most. */
    int read(ByteBuffer target, long most) throws IOException {
        int limit = target.limit();
        target.limit((int) Math.min(limit, target.position() + most));
        int count = in.read(target);
        target.limit(limit);
        return counted(count);
    }

    private int counted(int count) {
        if (count < 0) {
            throw truncated();
        }
        position += count;
        return count;
    }

    byte[] readFully(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        position += bytes.length;
        if (bytes.length != length) {
            throw truncated();
        }
        return bytes;
    }

    void skip(long count) throws IOException {
        try {
            in.skipNBytes(count);
        } catch (EOFException e) {
            throw truncated();
        }
        position += count;
    }

    /** Skips what fills a block up; umoci leaves it, and the end marker, off the last entry. */
    void skipPadding(int count) throws IOException {
        position += in.readNBytes(waste, 0, count);
    }

    /** Reads whatever is left. */
    void drain() throws IOException {
        int count = in.read(waste, 0, waste.length);
        while (count >= 0) {
            position += count;
            count = in.read(waste, 0, waste.length);
        }
    }

    private Failure truncated() {
        return Failure.invalid("archive is truncated after %d bytes".formatted(position));
    }
}
