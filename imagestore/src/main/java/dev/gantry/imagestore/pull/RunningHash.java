package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.content.PartialBlob;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

/**
 * Hashes a blob behind those who write it, on a thread of its own, so that its digest is known
 * almost as soon as it is whole. What is read was just written, and comes from memory.
 */
final class RunningHash implements AutoCloseable {
    private static final int CHUNK = 256 << 10;
    private static final long POLL_MILLIS = 200;

    private final PartialBlob partial;
    private final MessageDigest hash;
    private final CompletableFuture<Digest> result = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean closed;

    RunningHash(PartialBlob partial) {
        this.partial = partial;
        this.hash = ContentStore.hash(partial.digest());
        this.thread = Thread.ofPlatform().daemon().name("blob-hash").start(this::run);
    }

    /** The digest, when the blob is whole. */
    Digest await() {
        return InFlight.await(result);
    }

    private void run() {
        try (RandomAccessFile in = partial.reader()) {
            byte[] chunk = new byte[(int) Math.min(CHUNK, Math.max(partial.size(), 1))];
            long at = 0;
            long end = 0;
            while (at < partial.size()) {
                if (closed) {
                    throw new Failure(Failure.Code.CANCELLED, "the blob was given up");
                }
                if (end <= at) {
                    end = partial.await(at, POLL_MILLIS);
                    continue;
                }
                int count = in.read(chunk, 0, (int) Math.min(chunk.length, end - at));
                if (count <= 0) {
                    throw new IOException("the blob's file is shorter than what was written");
                }
                hash.update(chunk, 0, count);
                at += count;
            }
            result.complete(
                    new Digest(
                            partial.digest().algorithm(), HexFormat.of().formatHex(hash.digest())));
        } catch (IOException e) {
            result.completeExceptionally(
                    new Failure(
                            Failure.Code.INTERNAL,
                            "cannot read what was downloaded: " + e.getMessage(),
                            e));
        } catch (InterruptedException | RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
