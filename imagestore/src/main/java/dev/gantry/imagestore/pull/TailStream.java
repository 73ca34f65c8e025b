package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.archive.DirectStream;
import dev.gantry.imagestore.content.PartialBlob;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;

/** Reads a blob while it is being written, up to where it is whole; for one thread. */
final class TailStream extends DirectStream {
    private static final long POLL_MILLIS = 200;

    private final BlobDownload download;
    private final PartialBlob partial;
    private final RandomAccessFile file;
    private final int round;
    private long at;
    private long end;
    private volatile boolean closed;

    TailStream(BlobDownload download, PartialBlob partial, int round) throws IOException {
        this.download = download;
        this.partial = partial;
        this.round = round;
        this.file = partial.reader();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int most = here(target.remaining());
        if (most < 0) {
            return -1;
        }
        int limit = target.limit();
        target.limit(target.position() + most);
        try {
            return taken(file.getChannel().read(target, at));
        } finally {
            target.limit(limit);
        }
    }

    /** How much can be read of what is wanted; waits for at least a byte; -1 at the end. */
    private int here(int wanted) throws IOException {
        while (end <= at && at < partial.size()) {
            check();
            end = grown();
        }
        if (at >= partial.size()) {
            download.awaitComplete();
            check();
            return -1;
        }
        return (int) Math.min(wanted, end - at);
    }

    private int taken(int count) throws IOException {
        if (count <= 0) {
            check();
            throw new IOException("the blob's file is shorter than what was written to it");
        }
        at += count;
        return count;
    }

    private long grown() throws InterruptedIOException {
        if (download.complete()) {
            return partial.size();
        }
        try {
            return partial.await(at, POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private void check() throws IOException {
        if (closed) {
            throw new IOException("stream is closed");
        }
        if (download.round() != round) {
            throw new Failure(
                    Failure.Code.ABORTED, "the download had to begin again from its beginning");
        }
        if (download.over() && !download.complete()) {
            download.awaitComplete();
        }
    }

    /** May be called by another thread, whose reader then notices. */
    @Override
    public void close() throws IOException {
        closed = true;
        file.close();
    }
}
