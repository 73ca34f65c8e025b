package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.content.PartialBlob;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;

/** Reads a blob while it is being written, up to where it is whole; for one thread. */
final class TailStream extends InputStream {
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
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (end <= at && at < partial.size()) {
            check();
            end = grown();
        }
        if (at >= partial.size()) {
            download.awaitComplete();
            check();
            return -1;
        }
        int count = file.read(into, offset, (int) Math.min(length, end - at));
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
