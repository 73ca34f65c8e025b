package dev.gantry.imagestore.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stream that can put its bytes straight into memory outside the heap, where what inflates,
 * hashes and writes them takes them without a copy.
 */
public abstract class DirectStream extends InputStream {
    private static final int COPIED = 64 << 10;

    private @Nullable ByteBuffer between;

    /**
     * Puts some bytes into a direct buffer that has room, and moves its position; answers how many,
     * at least 1, or -1 at the end.
     */
    public abstract int read(ByteBuffer target) throws IOException;

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        ByteBuffer memory = between;
        if (memory == null) {
            memory = ByteBuffer.allocateDirect(COPIED);
            between = memory;
        }
        int count = read(memory.clear().limit(Math.min(length, COPIED)));
        if (count > 0) {
            memory.get(0, target, offset, count);
        }
        return count;
    }

    /** Any stream as one of these: its bytes are copied when it is none. */
    public static DirectStream of(InputStream stream) {
        return stream instanceof DirectStream direct ? direct : new Copying(stream);
    }

    private static final class Copying extends DirectStream {
        private final InputStream in;
        private final byte[] bytes = new byte[COPIED];

        Copying(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            int count = in.read(bytes, 0, Math.min(bytes.length, target.remaining()));
            if (count > 0) {
                target.put(bytes, 0, count);
            }
            return count;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, length);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
