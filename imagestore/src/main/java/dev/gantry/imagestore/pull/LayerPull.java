package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.imagestore.registry.Repository;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** The layers of one image: all at once, as far as the store's limits let them. */
public final class LayerPull {
    private static final int MAX_JOINS = 4;

    private final Repository repository;
    private final BlobFetcher fetcher;
    private final LayerStore store;
    private final PullTracker tracker;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean failed = new AtomicBoolean();

    LayerPull(Repository repository, BlobFetcher fetcher, LayerStore store, PullTracker tracker) {
        this.repository = repository;
        this.fetcher = fetcher;
        this.store = store;
        this.tracker = tracker;
    }

    /**
     * Makes all layers present, and returns them from the lowest up. Returns or throws only when
     * nothing of it runs any more, unless another pull wants it, too.
     */
    List<Layer> all(List<Descriptor> blobs, List<Digest> diffIds) {
        List<Digest> chain = chainIds(diffIds);
        List<CompletableFuture<Layer>> futures = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            Descriptor blob = blobs.get(i);
            List<CompletableFuture<Layer>> below = List.copyOf(futures).reversed();
            CompletableFuture<Layer> future = new CompletableFuture<>();
            LayerStore.Wanted wanted =
                    new LayerStore.Wanted(
                            chain.get(i),
                            diffIds.get(i),
                            blob,
                            () -> fetcher.begin(repository, blob),
                            () -> below.stream().map(InFlight::await).toList());
            int index = i;
            threads.add(
                    Thread.ofVirtual()
                            .name("pull-layer-" + i)
                            .unstarted(() -> make(index, wanted, future)));
            futures.add(future);
        }
        threads.forEach(Thread::start);
        awaitThreads();
        List<Failure> failures = new ArrayList<>();
        List<Layer> layers = new ArrayList<>();
        for (CompletableFuture<Layer> future : futures) {
            try {
                layers.add(InFlight.await(future));
            } catch (Failure e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw cause(failures);
        }
        return layers;
    }

    /** When this thread is interrupted, so are they. */
    private void awaitThreads() {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    giveUp();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "the pull was given up");
        }
    }

    private void giveUp() {
        failed.set(true);
        threads.forEach(Thread::interrupt);
    }

    private void make(int index, LayerStore.Wanted wanted, CompletableFuture<Layer> future) {
        try {
            future.complete(ensure(index, wanted));
        } catch (Throwable e) { // Whatever it is, the pull waits for it.
            future.completeExceptionally(e);
            giveUp();
        }
    }

    /**
     * A layer that was joined may have been given up with the other pull, or have failed for what
     * only that one was refused; then it is ours.
     */
    private Layer ensure(int index, LayerStore.Wanted wanted) {
        for (int attempt = 1; ; attempt++) {
            boolean[] first = new boolean[1];
            try {
                return store.ensure(
                        wanted,
                        (monitor, mine) -> {
                            first[0] = mine;
                            tracker.layer(index, monitor);
                        });
            } catch (Failure e) {
                boolean others = !first[0] || e.code() == Failure.Code.CANCELLED;
                if (!others || failed.get() || attempt == MAX_JOINS) {
                    throw foreign(wanted.blob(), e);
                }
            }
        }
    }

    /** What registries do not have to hold is not fetched from anywhere else. */
    private static Failure foreign(Descriptor blob, Failure e) {
        boolean foreign = MediaTypes.isForeignLayer(blob.mediaType());
        return foreign && e.code() == Failure.Code.NOT_FOUND
                ? e.during(
                        "layer %s is of the type %s, which its registry need not have, and other"
                                        .formatted(blob.digest(), blob.mediaType())
                                + " addresses are never asked; push the image with its foreign"
                                + " layers")
                : e;
    }

    /** The first that is a reason and not a consequence. */
    private static Failure cause(List<Failure> failures) {
        return failures.stream()
                .filter(failure -> failure.code() != Failure.Code.CANCELLED)
                .findFirst()
                .orElse(failures.getFirst());
    }

    /** OCI image specification, "Layer ChainID": each is the hash of the one below and its own. */
    public static List<Digest> chainIds(List<Digest> diffIds) {
        List<Digest> chain = new ArrayList<>();
        for (Digest diffId : diffIds) {
            chain.add(chain.isEmpty() ? diffId : sha256(chain.getLast() + " " + diffId));
        }
        return chain;
    }

    private static Digest sha256(String text) {
        try {
            return Digest.sha256(
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
