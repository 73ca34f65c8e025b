package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarReader;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.hash.Digests;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Applies layer archives to directories, in the form that overlayfs takes as a lower directory (OCI
 * image specification, layer.md; kernel, overlayfs.rst).
 *
 * <p>Two platform threads share the work: one reads and decompresses, the other hashes and writes.
 * Platform threads, since both are busy or in system calls all the time and would hold the carriers
 * that everything else runs on.
 */
public final class LayerApplier {
    /** How long a reader may take to notice that its stream was closed. */
    private static final Duration READER_END = Duration.ofSeconds(10);

    private LayerApplier() {}

    /**
     * Unpacks one layer: into a directory, which is made when it is missing and has to be empty, or
     * into an EROFS image, a file which must not be there. Reads the stream to its end; does not
     * sync (use syncfs before the layer is recorded). On failure the stream is closed and the
     * target holds rubbish, for {@link LayerDirectories}.
     *
     * @param compressed the blob as the registry serves it: gzip, zstd or plain, told by its first
     *     bytes
     * @param mediaType the layer's media type; one that is not a layer's is refused
     * @param form what the target becomes
     * @throws Failure INVALID_ARGUMENT for a bad archive, naming entry and reason;
     *     RESOURCE_EXHAUSTED for a limit or a full disk; UNAVAILABLE when the stream breaks;
     *     CANCELLED when the caller is interrupted
     */
    public static AppliedLayer apply(
            InputStream compressed,
            String mediaType,
            LayerForm form,
            Path target,
            ApplyLimits limits) {
        MessageDigest digest = sha256();
        ChunkQueue queue = new ChunkQueue(digest);
        AtomicReference<Object> outcome = new AtomicReference<>("none");
        Unpacking unpacking = new Unpacking(compressed, mediaType, limits, queue);
        Thread reader =
                Thread.ofPlatform().name("layer-inflate").daemon().unstarted(unpacking::run);
        Thread writer =
                Thread.ofPlatform()
                        .name("layer-write")
                        .daemon()
                        .unstarted(() -> outcome.set(write(queue, digest, form, target, limits)));
        reader.start();
        writer.start();
        boolean interrupted = awaitWriter(writer, queue, compressed);
        if (!interrupted && outcome.get() instanceof AppliedLayer applied) {
            awaitReader(reader, queue); // It gave the end, and has nothing more to do.
            return applied;
        }
        queue.cancel();
        reader.interrupt();
        closeQuietly(compressed);
        awaitReader(reader, queue);
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "apply layer: interrupted");
        }
        throw outcome.get() instanceof Throwable thrown
                ? Failure.of("apply layer", thrown)
                : Failure.internal("apply layer: its thread ended without an outcome");
    }

    /** Answers an AppliedLayer or what went wrong. */
    private static Object write(
            ChunkQueue queue,
            MessageDigest digest,
            LayerForm form,
            Path target,
            ApplyLimits limits) {
        try {
            Tally tally = new Tally(target, limits);
            try (GrowingTree grown = open(form, target, tally);
                    LayerTree tree = new LayerTree(grown, tally)) {
                new LayerWriter(new TarReader(queue, limits.maxBytes()), tree, tally).run();
                grown.finish();
                return new AppliedLayer(
                        Digest.sha256(digest.digest()),
                        tally.bytes(),
                        tally.inodes(),
                        grown.implied());
            }
        } catch (ErrnoException e) {
            return new Failure(LayerWriter.codeOf(e.errno()), String.valueOf(e.getMessage()), e);
        } catch (IOException | RuntimeException | Error e) {
            return e;
        }
    }

    private static GrowingTree open(LayerForm form, Path target, Tally tally) throws IOException {
        return switch (form) {
            case DIRECTORY -> DirectoryTree.open(target, tally);
            case EROFS -> ImageTree.create(target, tally);
        };
    }

    /** Whether a layer that could not be made as an image could be made as a directory. */
    public static boolean isTooManyNames(Failure failure) {
        return HeapShare.isReasonOf(failure);
    }

    /** Waits for the writer; true when the caller was interrupted, and the writer has stopped. */
    private static boolean awaitWriter(Thread writer, ChunkQueue queue, InputStream compressed) {
        boolean interrupted = false;
        while (true) {
            try {
                writer.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
                queue.cancel();
                writer.interrupt();
                closeQuietly(compressed);
            }
        }
    }

    /**
     * The reader touches nothing but the stream and the queue: one that does not notice its end is
     * left behind, and the queue's memory to the collector.
     */
    private static void awaitReader(Thread reader, ChunkQueue queue) {
        try {
            if (reader.join(READER_END)) {
                queue.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // The stream is given up; why it could not be closed helps nobody.
        }
    }

    private static MessageDigest sha256() {
        return Digests.of("SHA-256");
    }

    /**
     * Gives the implied directories of a layer the owner, mode, times and xattrs that the layers
     * below it show at the same place: an archive with {@code tmp/x} and no {@code tmp/} must not
     * turn /tmp into 0755. Call before the layer is recorded, with the layers below it.
     */
    public static void inherit(
            LayerForm form, Path target, AppliedLayer applied, List<Path> lowersTopFirst) {
        Inheritance.run(form, target, applied.impliedDirectories(), lowersTopFirst);
    }
}
