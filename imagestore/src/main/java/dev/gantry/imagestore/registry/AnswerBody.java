package dev.gantry.imagestore.registry;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The body of an answer. Every read has a deadline. At its end the connection is given back; left
 * in the middle, it is closed rather than read to its end.
 */
final class AnswerBody extends InputStream {
    private final Connection connection;
    private final InputStream content;
    private final Duration deadline;
    private final Consumer<Connection> unused;
    private long left;
    private boolean ended;
    private boolean closed;

    /**
     * @param length in bytes, -1 when only the end tells
     * @param unused takes the connection when all was read
     */
    AnswerBody(
            Connection connection,
            InputStream content,
            long length,
            Duration deadline,
            Consumer<Connection> unused) {
        this.connection = connection;
        this.content = content;
        this.left = length;
        this.deadline = deadline;
        this.unused = unused;
        if (length == 0) {
            end();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (closed) {
            throw new IOException("stream is closed");
        }
        if (ended) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        int count = content(into, offset, length);
        left -= left < 0 ? 0 : Math.max(count, 0);
        if (count < 0 || left == 0) {
            end();
        }
        return count;
    }

    private int content(byte[] into, int offset, int length) throws IOException {
        Watch watch = connection.watch();
        watch.expect(deadline);
        try {
            int count = content.read(into, offset, length);
            watch.rest();
            return count;
        } catch (IOException e) {
            IOException judged = watch.judge(e, Overdue.Phase.ANSWER);
            close();
            throw judged;
        }
    }

    private void end() {
        ended = true;
        unused.accept(connection);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!ended && !finished()) {
            connection.close();
        }
    }

    /** Takes what came with the head, as short answers to redirects and refusals do. */
    private boolean finished() {
        try {
            if (left <= 0 || content.available() < left) {
                return false;
            }
            content.skipNBytes(left);
            end();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
