package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.content.PartialBlob;
import dev.gantry.linux.fs.DiskReader;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

/**
 * Hashes a blob behind those who write it, on a thread of its own, so that its digest is known
 * almost as soon as it is whole. It reads what the disk returns, so the digest is that of what will
 * be there after a loss of power; who unpacks meanwhile reads the same from memory.
 */
final class RunningHash implements AutoCloseable {
    private static final int CHUNK = 1 << 20;
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
        try (DiskReader disk = partial.disk(CHUNK)) {
            long at = 0;
            long end = 0;
            while (at < partial.size()) {
                if (closed) {
                    throw new Failure(Failure.Code.CANCELLED, "the blob was given up");
                }
                if (end < Math.min(at + CHUNK, partial.size())) {
                    end = partial.await(at, CHUNK, POLL_MILLIS);
                    disk.writeBack(end);
                    continue;
                }
                ByteBuffer part = disk.read(at, end);
                at += part.remaining();
                hash.update(part);
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
