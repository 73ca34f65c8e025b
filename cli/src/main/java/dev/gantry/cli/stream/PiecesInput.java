package dev.gantry.cli.stream;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.function.Function;

/**
 * The pieces that a call answers, as a stream.
 *
 * @param <R> what carries a piece
 */
public final class PiecesInput<R> extends InputStream {
    private final Iterator<R> pieces;
    private final Function<R, ByteString> data;
    private InputStream current = InputStream.nullInputStream();

    private PiecesInput(Iterator<R> pieces, Function<R, ByteString> data) {
        this.pieces = pieces;
        this.data = data;
    }

    /** The stream. */
    public static <R> PiecesInput<R> of(Iterator<R> pieces, Function<R, ByteString> data) {
        return new PiecesInput<>(pieces, data);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (true) {
            int count = current.read(into, offset, length);
            if (count >= 0 || !pieces.hasNext()) {
                return count;
            }
            current = data.apply(pieces.next()).newInput();
        }
    }
}
