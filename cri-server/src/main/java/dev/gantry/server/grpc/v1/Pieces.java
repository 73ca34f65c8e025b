package dev.gantry.server.grpc.v1;

import com.google.protobuf.ByteString;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** Collects bytes to messages of a decent size, and sends them no faster than they are taken. */
final class Pieces extends OutputStream {
    private static final int PIECE = 256 << 10;

    private final Sender sender;
    private final ByteString.Output piece = ByteString.newOutput(PIECE);

    /** Sends one piece. */
    @FunctionalInterface
    interface Sender {
        void send(ByteString bytes) throws InterruptedException;
    }

    Pieces(Sender sender) {
        this.sender = sender;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int count = Math.min(length - done, PIECE - piece.size());
            piece.write(bytes, offset + done, count);
            done += count;
            if (piece.size() >= PIECE) {
                send();
            }
        }
    }

    private void send() throws IOException {
        try {
            sender.send(piece.toByteString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException)
                    new InterruptedIOException("the caller has gone away").initCause(e);
        }
        piece.reset();
    }

    /** Sends what is left; to be called once, at the end. */
    void finish() {
        try {
            if (piece.size() > 0) {
                send();
            }
        } catch (IOException e) {
            throw new Failure(Failure.Code.CANCELLED, "the caller has gone away", e);
        }
    }
}
