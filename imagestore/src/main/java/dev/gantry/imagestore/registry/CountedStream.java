package dev.gantry.imagestore.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** Tells how far a stream has been read. */
final class CountedStream extends FilterInputStream {
    private final LongConsumer heard;
    private long at;

    /**
     * @param at the number of its first byte
     */
    CountedStream(InputStream in, long at, LongConsumer heard) {
        super(in);
        this.at = at;
        this.heard = heard;
    }

    @Override
    public int read() throws IOException {
        int one = super.read();
        if (one >= 0) {
            heard.accept(++at);
        }
        return one;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count = super.read(into, offset, length);
        if (count > 0) {
            at += count;
            heard.accept(at);
        }
        return count;
    }
}
