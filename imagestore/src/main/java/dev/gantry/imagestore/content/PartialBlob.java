package dev.gantry.imagestore.content;

import dev.gantry.linux.fs.DiskReader;
import dev.gantry.model.Digest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A blob that is being fetched: a file that is written at many places at once, and a list beside it
 * of what was written, by which it is continued after a broken download or a killed daemon. Nothing
 * of it is believed: the digest decides, once it is whole, of what the disk has of it.
 *
 * <p>Files are used in the old way, since a channel is closed for all when one of its users is
 * interrupted.
 */
public final class PartialBlob implements AutoCloseable {
    /** What is written without a note of it is fetched again after a kill. */
    private static final int NOTE_EVERY = 256 << 10;

    private final Digest digest;
    private final long size;
    private final Path file;
    private final Notes notes;
    private final RandomAccessFile out;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private final Ranges claimed = new Ranges();
    private final Ranges written = new Ranges();
    private long resumed;
    private long unnoted;
    private boolean closed;

    private PartialBlob(Digest digest, long size, Path file) throws IOException {
        this.digest = digest;
        this.size = size;
        this.file = file;
        this.notes = Notes.of(file);
        this.out = new RandomAccessFile(file.toFile(), "rw");
    }

    /** Opens what there is of a blob, maybe nothing. One opens it at a time. */
    static PartialBlob open(Digest digest, long size, Path file) throws IOException {
        PartialBlob partial = new PartialBlob(digest, size, file);
        try {
            partial.load();
            return partial;
        } catch (IOException | RuntimeException e) {
            partial.out.close();
            throw e;
        }
    }

    private void load() throws IOException {
        notes.load(
                Math.min(out.length(), size),
                (from, to) -> {
                    claimed.add(from, to);
                    written.add(from, to);
                });
        resumed = written.total();
        if (out.length() > size) {
            out.setLength(size);
        }
    }

    public Digest digest() {
        return digest;
    }

    public long size() {
        return size;
    }

    /** How many bytes an earlier download had left. */
    public long resumed() {
        lock.lock();
        try {
            return resumed;
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes are here. */
    public long total() {
        lock.lock();
        try {
            return written.total();
        } finally {
            lock.unlock();
        }
    }

    /** The first byte from {@code at} on that is not here; the size when all are. */
    public long missingFrom(long at) {
        lock.lock();
        try {
            return Math.min(written.endOf(at), size);
        } finally {
            lock.unlock();
        }
    }

    /** The first byte from {@code at} on that is here; the size when none is. */
    public long presentFrom(long at) {
        lock.lock();
        try {
            return Math.min(written.nextFrom(at), size);
        } finally {
            lock.unlock();
        }
    }

    /** A way to write it, for one connection; to be closed. */
    public Writer writer() throws IOException {
        return new Writer(new RandomAccessFile(file.toFile(), "rw"));
    }

    /**
     * Writes at many places. What is here, or is being written by another, is not written again: it
     * may have been hashed already.
     */
    public final class Writer implements AutoCloseable {
        private final RandomAccessFile own;
        private long position;

        private Writer(RandomAccessFile own) {
            this.own = own;
        }

        /** Bytes that belong at a place; what lies beyond the size is the caller's mistake. */
        public void write(long at, byte[] bytes, int offset, int length) throws IOException {
            if (at < 0 || at + length > size) {
                throw new IllegalArgumentException("bytes beyond the blob's end");
            }
            long end = at + length;
            for (long from = at; from < end; ) {
                long next = claim(from, end);
                if (next > from) {
                    put(from, bytes, offset + (int) (from - at), (int) (next - from));
                    from = next;
                } else {
                    from = Math.min(claimedUntil(from), end);
                }
            }
        }

        private void put(long at, byte[] bytes, int offset, int length) throws IOException {
            if (position != at) {
                own.seek(at);
            }
            own.write(bytes, offset, length);
            position = at + length;
            wrote(at, position);
        }

        @Override
        public void close() throws IOException {
            own.close();
        }
    }

    /** Takes the first bytes of a range that nobody has; answers where they end. */
    private long claim(long from, long end) {
        lock.lock();
        try {
            if (claimed.endOf(from) > from) {
                return from;
            }
            long to = Math.min(claimed.nextFrom(from), end);
            claimed.add(from, to);
            return to;
        } finally {
            lock.unlock();
        }
    }

    private long claimedUntil(long at) {
        lock.lock();
        try {
            return claimed.endOf(at);
        } finally {
            lock.unlock();
        }
    }

    private void wrote(long from, long to) throws IOException {
        lock.lock();
        try {
            written.add(from, to);
            unnoted += to - from;
            if (unnoted >= NOTE_EVERY) {
                unnoted = 0;
                notes.add(written);
            }
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the byte at a place is here, or for the time; answers where the bytes from there
     * on end.
     */
    public long await(long at, long millis) throws InterruptedException {
        return await(at, 1, millis);
    }

    /** The same for some bytes, or all up to the blob's end. */
    public long await(long at, long least, long millis) throws InterruptedException {
        long until = Math.min(at + least, size);
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            while (nanos > 0 && written.endOf(at) < until && !closed) {
                nanos = grown.awaitNanos(nanos);
            }
            return written.endOf(at);
        } finally {
            lock.unlock();
        }
    }

    /** What is here, to be read by somebody who goes on to {@link #await} it; he closes it. */
    public RandomAccessFile reader() throws IOException {
        return new RandomAccessFile(file.toFile(), "r");
    }

    /** What is here, as the disk has it, for whoever goes on to {@link #await} it; he closes it. */
    public DiskReader disk(int most) throws IOException {
        return DiskReader.open(file, size, most);
    }

    /** Forgets everything, when nobody writes: what is here is not what it should be. */
    public void clear() throws IOException {
        out.setLength(0);
        lock.lock();
        try {
            notes.forget();
            claimed.clear();
            written.clear();
            resumed = 0;
            unnoted = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Puts the verified blob to its place, synced. */
    void publish(Path target) throws IOException {
        out.getFD().sync();
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        notes.forget();
    }

    /**
     * Keeps what is here for the next time. An empty one leaves nothing behind. Who reads from it
     * still may, by a channel of his own.
     */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            grown.signalAll();
            if (Files.exists(file)) {
                if (written.total() == 0) {
                    Files.deleteIfExists(file);
                    notes.forget();
                } else if (unnoted > 0) {
                    notes.add(written);
                }
            }
        } finally {
            lock.unlock();
            out.close();
        }
    }
}
