package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.archive.DirectStream;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.LayerMounts;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.layers.AppliedLayer;
import dev.gantry.imagestore.layers.ApplyLimits;
import dev.gantry.imagestore.layers.LayerApplier;
import dev.gantry.imagestore.layers.LayerForm;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unpacks one layer while its blob is being downloaded. */
final class LayerUnpacking {
    private static final Logger LOG = LoggerFactory.getLogger(LayerUnpacking.class);

    /** How often a download may have to begin again under an unpacking. */
    private static final int MAX_ROUNDS = 8;

    private final ContentStore content;
    private final LayerMounts mounts;
    private final Semaphore slots;
    private final LayerMonitor monitor;
    private LayerForm form;

    LayerUnpacking(
            ContentStore content, LayerMounts mounts, Semaphore slots, LayerMonitor monitor) {
        this.content = content;
        this.mounts = mounts;
        this.form = mounts.form();
        this.slots = slots;
        this.monitor = monitor;
    }

    /** The same, into another form than the one for new layers. */
    LayerUnpacking as(LayerForm other) {
        form = other;
        return this;
    }

    /** Returns when the layer is unpacked, and both its blob and it have their digests. */
    AppliedLayer run(LayerStore.Wanted wanted, BlobDownload download, Path directory) {
        download.awaitBegun(); // Who has no connection yet needs no processor either.
        try {
            slots.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "unpacking was given up", e);
        }
        try {
            return rounds(wanted, download, directory);
        } finally {
            slots.release();
        }
    }

    private AppliedLayer rounds(LayerStore.Wanted wanted, BlobDownload download, Path directory) {
        for (int round = 1; ; round++) {
            int before = download.round();
            Path target = LayerMounts.target(directory, form);
            try {
                return apply(wanted, download, target);
            } catch (Failure e) {
                if (form != LayerForm.DIRECTORY && LayerApplier.isTooManyNames(e)) {
                    LOG.atInfo()
                            .addKeyValue("layer", wanted.blob().digest())
                            .log("layer has too many names for an image and becomes a directory");
                    form = LayerForm.DIRECTORY;
                } else {
                    judge(e, download, before);
                    if (round == MAX_ROUNDS) {
                        throw e;
                    }
                }
            }
            monitor.unpacking();
            StoreLayout.delete(List.of(target));
        }
    }

    /**
     * An archive cannot be blamed before it is known to be what its digest says. Returns when the
     * download has begun again meanwhile, so that unpacking may, too.
     */
    private void judge(Failure e, BlobDownload download, int round) {
        if (e.code() == Failure.Code.CANCELLED) {
            throw e;
        }
        download.awaitComplete();
        if (download.round() == round) {
            content.recheck(download.blob().digest());
            throw e.during("layer " + download.blob().digest());
        }
    }

    private AppliedLayer apply(LayerStore.Wanted wanted, BlobDownload download, Path target) {
        AppliedLayer applied;
        try (InputStream blob = new Counted(download.open(), monitor)) {
            applied =
                    LayerApplier.apply(
                            blob, wanted.blob().mediaType(), form, target, ApplyLimits.DEFAULT);
        } catch (IOException e) {
            throw StoreLayout.failure("read layer " + wanted.blob().digest(), e);
        }
        download.awaitComplete();
        if (!applied.diffId().equals(wanted.diffId())) {
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "unpacks to %s, but the image's configuration says %s"
                            .formatted(applied.diffId(), wanted.diffId()));
        }
        return applied;
    }

    /** {@link LayerApplier#inherit}, on a thread that may wait for the kernel. */
    void inherit(Path directory, AppliedLayer applied, List<Layer> below) {
        if (applied.impliedDirectories().isEmpty()) {
            return;
        }
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("layer-inherit")
                .start(
                        () -> {
                            try {
                                LayerApplier.inherit(
                                        form,
                                        LayerMounts.target(directory, form),
                                        applied,
                                        files(below));
                                done.complete(true);
                            } catch (RuntimeException | Error e) {
                                done.completeExceptionally(e);
                            }
                        });
        done.handle((_, _) -> true).join(); // Short, and nothing that can be left half done.
        InFlight.await(done);
    }

    private List<Path> files(List<Layer> layers) {
        return layers.stream().map(layer -> mounts.files(layer.directory())).toList();
    }

    /** Tells the monitor what was read. */
    private static final class Counted extends DirectStream {
        private final DirectStream in;
        private final LayerMonitor monitor;

        Counted(InputStream in, LayerMonitor monitor) {
            this.in = DirectStream.of(in);
            this.monitor = monitor;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return counted(in.read(target));
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return counted(in.read(into, offset, length));
        }

        private int counted(int count) {
            monitor.unpacked(Math.max(count, 0));
            return count;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
