package dev.gantry.imagestore.archive;

import dev.gantry.model.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The stream below a tar reader: whole blocks, the position, and truncation told from the end. */
final class TarInput {
    private final InputStream in;
    private final byte[] waste = new byte[64 << 10];
    private long position;

    TarInput(InputStream in) {
        this.in = in;
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
        int count = in.read(target, offset, length);
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
