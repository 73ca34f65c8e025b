package dev.gantry.imagestore.erofs;

import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileHandle;
import dev.gantry.linux.fs.NativeBuffer;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes pieces of data to an image. The first of them stay in the kernel's memory: small layers
 * are read soon. All after them go to the disk by a thread of its own and past that memory, where
 * the copy of a large layer would cost more than inflating a third of it, and would drive out what
 * the node's containers use. Who sees the image sees both.
 */
final class DataOutput {
    /** Bytes of a piece. */
    static final int PIECE = 1 << 20;

    private static final int PIECES = 3;

    /** What of an image stays in the kernel's memory. */
    private static final long KEPT = 16 << 20;

    private final Path path;
    private final FileHandle file;
    private final List<NativeBuffer> all = new ArrayList<>();
    private final BlockingQueue<NativeBuffer> free = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<Piece> ahead = new ArrayBlockingQueue<>(PIECES + 1);
    private long written;
    private boolean cached;
    private @Nullable Thread thread;
    private volatile @Nullable Throwable failure;

    /**
     * @param length 0 for the end of all
     */
    private record Piece(NativeBuffer memory, long position, int length) {}

    DataOutput(Path path, FileHandle file) {
        this.path = path;
        this.file = file;
    }

    /** A piece to be filled; waits for one. */
    NativeBuffer take() throws IOException {
        check();
        NativeBuffer piece = free.poll();
        if (piece == null && all.size() < PIECES) {
            piece = new NativeBuffer(PIECE);
            all.add(piece);
        }
        if (piece == null) {
            try {
                piece = free.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failure(Failure.Code.CANCELLED, "unpacking was interrupted", e);
            }
        }
        return piece;
    }

    /** Takes back a piece that is not to be written. */
    void giveBack(NativeBuffer memory) {
        free.add(memory);
    }

    /** Writes a piece, or sees to it: whole blocks, at the place of a block. */
    void write(NativeBuffer memory, long position, int length) throws IOException {
        if (written < KEPT || cached || !isStarted()) {
            write(file, new Piece(memory, position, length));
            file.beginWriteback(position, length);
            free.add(memory);
        } else {
            ahead.add(new Piece(memory, position, length));
        }
        written += length;
    }

    private boolean isStarted() throws IOException {
        if (thread != null) {
            return true;
        }
        try {
            FileHandle uncached = FileHandle.openUncached(path);
            thread = Thread.ofPlatform().daemon().name("layer-store").start(() -> run(uncached));
            return true;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            cached = true; // The file system knows no other way.
            return false;
        }
    }

    private void run(FileHandle uncached) {
        boolean interrupted = false;
        try (uncached) {
            while (true) {
                try {
                    Piece piece = ahead.take();
                    if (piece.length == 0) {
                        return;
                    }
                    store(uncached, piece);
                    free.add(piece.memory);
                } catch (InterruptedException e) {
                    interrupted = true; // Its owner tells it when to end.
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void store(FileHandle uncached, Piece piece) {
        if (failure != null) {
            return;
        }
        try {
            write(uncached, piece);
        } catch (ErrnoException e) {
            failure = e.errno() == Errno.EINVAL ? cached(piece) : e;
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** For a disk whose blocks are larger than ours; what went wrong. */
    private @Nullable ErrnoException cached(Piece piece) {
        try {
            write(file, piece);
            return null;
        } catch (ErrnoException e) {
            return e;
        }
    }

    private static void write(FileHandle to, Piece piece) throws ErrnoException {
        to.write(piece.memory.bytes().clear().limit(piece.length), piece.position);
    }

    private void check() throws ErrnoException {
        Throwable why = failure;
        if (why instanceof ErrnoException e) {
            throw new ErrnoException(e.call(), e.errno());
        }
        if (why != null) {
            throw new IllegalStateException("the thread that writes an image failed", why);
        }
    }

    /** Waits until all is written. */
    void finish() throws IOException {
        end();
        check();
    }

    private void end() {
        Thread running = thread;
        if (running == null) {
            return;
        }
        ahead.add(new Piece(all.getFirst(), 0, 0));
        thread = null;
        cached = true;
        boolean interrupted = false;
        while (running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                interrupted = true; // It ends soon.
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        end();
        all.forEach(NativeBuffer::close);
    }
}
