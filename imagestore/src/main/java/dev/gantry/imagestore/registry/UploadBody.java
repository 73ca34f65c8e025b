package dev.gantry.imagestore.registry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serial;
import java.time.Duration;

/**
 * The body of one attempt to send a piece: read as the connection takes it, never held whole. The
 * connection is watched for standing still, however long all of it takes.
 */
final class UploadBody {
    private static final int STEP = 128 << 10;

    /** What is sent cannot be read; that is not the network's fault. */
    static final class Unreadable extends IOException {
        @Serial private static final long serialVersionUID = 1L;

        Unreadable(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** The server answers before it has everything. */
    static final class AnsweredEarly extends IOException {
        @Serial private static final long serialVersionUID = 1L;

        AnsweredEarly() {
            super("answered before everything was sent");
        }
    }

    private final Request.Body.Content content;
    private final Connection connection;
    private final Duration patience;

    UploadBody(Request.Body.Content content, Connection connection, Duration patience) {
        this.content = content;
        this.connection = connection;
        this.patience = patience;
    }

    void writeTo(OutputStream out) throws IOException {
        try (InputStream in = open()) {
            byte[] part = new byte[(int) Math.min(STEP, content.length())];
            for (long left = content.length(); left > 0; ) {
                int count = fill(in, part, (int) Math.min(part.length, left));
                if (connection.answersEarly()) {
                    throw new AnsweredEarly();
                }
                connection.watch().expect(patience);
                out.write(part, 0, count);
                left -= count;
            }
        }
        connection.watch().expect(patience);
    }

    private InputStream open() throws Unreadable {
        try {
            return content.source().open(content.from());
        } catch (IOException e) {
            throw new Unreadable(e);
        }
    }

    private static int fill(InputStream in, byte[] part, int most) throws Unreadable {
        try {
            int count = in.readNBytes(part, 0, most);
            if (count == 0) {
                throw new EOFException("what is sent is shorter than it should be");
            }
            return count;
        } catch (IOException e) {
            throw new Unreadable(e);
        }
    }
}
