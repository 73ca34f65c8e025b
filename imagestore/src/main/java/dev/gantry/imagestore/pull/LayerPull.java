package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.manifest.Descriptor;
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
    private final AtomicBoolean failed = new AtomicBoolean();

    LayerPull(Repository repository, BlobFetcher fetcher, LayerStore store) {
        this.repository = repository;
        this.fetcher = fetcher;
        this.store = store;
    }

    /**
     * Makes all layers present, and returns them from the lowest up. Returns or throws only when
     * nothing of it runs any more.
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
                            () -> fetch(blob),
                            () -> below.stream().map(InFlight::await).toList());
            Thread.ofVirtual().name("pull-layer").start(() -> make(wanted, future));
            futures.add(future);
        }
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

    private void make(LayerStore.Wanted wanted, CompletableFuture<Layer> future) {
        try {
            future.complete(ensure(wanted));
        } catch (Throwable e) { // Whatever it is, the pull waits for it.
            failed.set(true);
            future.completeExceptionally(e);
        }
    }

    /** A layer that was joined may have been given up with the other pull; then it is ours. */
    private Layer ensure(LayerStore.Wanted wanted) {
        for (int attempt = 1; ; attempt++) {
            try {
                return store.ensure(wanted);
            } catch (Failure e) {
                if (e.code() != Failure.Code.CANCELLED || failed.get() || attempt == MAX_JOINS) {
                    throw e;
                }
            }
        }
    }

    private void fetch(Descriptor blob) {
        if (failed.get()) {
            throw new Failure(
                    Failure.Code.CANCELLED, "another layer of the image could not be pulled");
        }
        fetcher.fetch(repository, blob);
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
