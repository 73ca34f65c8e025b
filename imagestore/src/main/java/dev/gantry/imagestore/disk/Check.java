package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.CheckEvent;
import dev.gantry.imagestore.CheckResult;
import dev.gantry.imagestore.records.Blob;
import dev.gantry.imagestore.records.BlobRecords;
import dev.gantry.imagestore.records.ImageRecords;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.linux.process.IdlePriority;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Reads all that is stored, from the disk rather than from memory, and compares it with what was
 * recorded. It runs beside everything else, at the disk's idle priority, and holds only what it is
 * looking at; what is removed meanwhile is no finding.
 */
public final class Check {
    /** Bytes between two words on the progress. */
    private static final long STEP = 64L << 20;

    private final BlobRecords blobs;
    private final ImageRecords images;
    private final BlobCheck blobCheck;
    private final LayerCheck layerCheck;
    private final Holds holds;
    private final ReentrantLock running = new ReentrantLock();

    public Check(
            BlobRecords blobs,
            ImageRecords images,
            BlobCheck blobCheck,
            LayerCheck layerCheck,
            Holds holds) {
        this.blobs = blobs;
        this.images = images;
        this.blobCheck = blobCheck;
        this.layerCheck = layerCheck;
        this.holds = holds;
    }

    /** Something wrong, and what was done about it: nothing when that is empty. */
    record Problem(String problem, String repaired) {}

    /**
     * Checks everything once. An interrupt ends it between two objects.
     *
     * @throws Failure FAILED_PRECONDITION when another check runs, CANCELLED when interrupted
     */
    public CheckResult run(boolean repair, Consumer<CheckEvent> listener) {
        if (!running.tryLock()) {
            throw Failure.precondition("a check of the image store is running already");
        }
        try {
            CompletableFuture<CheckResult> result = new CompletableFuture<>();
            Run run = new Run(repair, listener);
            Thread thread =
                    IdlePriority.start(
                            "check-images",
                            () -> {
                                try {
                                    result.complete(run.all());
                                } catch (Throwable e) { // Whatever it is, the caller waits for it.
                                    result.completeExceptionally(e);
                                }
                            });
            return await(thread, result);
        } finally {
            running.unlock();
        }
    }

    private static CheckResult await(Thread thread, CompletableFuture<CheckResult> result) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (result.isCompletedExceptionally()) {
            throw Failure.of("check the image store", result.exceptionNow());
        }
        return result.resultNow();
    }

    /** One check. */
    private final class Run {
        private final boolean repair;
        private final Consumer<CheckEvent> listener;
        private final List<Blob> allBlobs = blobs.here();
        private final List<Layer> allLayers = images.layers();
        private final long total =
                allBlobs.stream().mapToLong(Blob::size).sum()
                        + allLayers.stream().mapToLong(Layer::bytes).sum();
        private long checked;
        private long told;
        private long findings;

        Run(boolean repair, Consumer<CheckEvent> listener) {
            this.repair = repair;
            this.listener = listener;
        }

        CheckResult all() {
            for (Blob blob : allBlobs) {
                proceed();
                try (Holds.Hold hold = holds.open()) {
                    hold.blob(blob.digest());
                    List<Digest> users = images.usingBlob(blob.digest());
                    if (blobs.find(blob.digest()).filter(Blob::here).isPresent()) {
                        tell(blob.digest(), users, blobCheck.check(blob, repair, this::read));
                    }
                }
            }
            for (Layer layer : allLayers) {
                proceed();
                try (Holds.Hold hold = holds.open()) {
                    hold.layer(layer.chainId());
                    layerCheck.settle(layer);
                    List<Digest> users = images.usingLayer(layer.chainId());
                    if (images.layer(layer.chainId()).isPresent()) {
                        tell(
                                layer.chainId(),
                                users,
                                layerCheck.check(layer, users, repair, hold, this::read));
                    }
                }
            }
            listener.accept(new CheckEvent.Progress(total, total));
            return new CheckResult(allBlobs.size(), allLayers.size(), findings);
        }

        private void proceed() {
            if (Thread.interrupted()) {
                throw new Failure(Failure.Code.CANCELLED, "the caller has gone away");
            }
        }

        private void read(long bytes) {
            checked += bytes;
            if (checked - told >= STEP) {
                told = checked;
                listener.accept(new CheckEvent.Progress(Math.min(checked, total), total));
            }
        }

        private void tell(Digest object, List<Digest> users, Optional<Problem> problem) {
            problem.ifPresent(
                    p -> {
                        findings++;
                        listener.accept(
                                new CheckEvent.Finding(object, p.problem(), users, p.repaired()));
                    });
        }
    }
}
