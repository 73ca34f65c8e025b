package dev.gantry.server.grpc.v1;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.function.Function;

/**
 * The bytes of a client's further messages, as a stream.
 *
 * @param <Q> a message
 */
final class RequestStream<Q> extends InputStream {
    private final Requests<Q> requests;
    private final Function<Q, ByteString> data;
    private ByteString current = ByteString.EMPTY;
    private int at;
    private boolean ended;

    RequestStream(Requests<Q> requests, Function<Q, ByteString> data) {
        this.requests = requests;
        this.data = data;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == current.size() && !ended) {
            next();
        }
        if (at == current.size()) {
            return -1;
        }
        int count = Math.min(length, current.size() - at);
        current.substring(at, at + count).copyTo(into, offset);
        at += count;
        return count;
    }

    private void next() throws IOException {
        try {
            Optional<Q> message = requests.next();
            ended = message.isEmpty();
            current = message.map(data).orElse(ByteString.EMPTY);
            at = 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException().initCause(e);
        }
    }
}
