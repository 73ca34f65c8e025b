package dev.gantry.imagestore.disk;

import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.model.Failure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Layers that are recorded and not on disk in a form that can be used. They are made again in the
 * background, one after the other, first those that somebody waits for. Where nothing is lost this
 * costs a look into an empty map.
 */
public final class LostLayers {
    private static final Logger LOG = LoggerFactory.getLogger(LostLayers.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Deque<Entry> wanted = new ArrayDeque<>();
    private Maker maker = _ -> {};
    private boolean working;

    /** Makes one layer again. */
    @FunctionalInterface
    interface Maker {
        /**
         * Returns when the layer is there, or needed by nobody, or given up with all that needs it;
         * the last by a DATA_LOSS or NOT_FOUND. After any other failure it stays lost, and is tried
         * again when it is asked for.
         */
        void make(Lost lost);
    }

    /**
     * A lost layer.
     *
     * @param blobs what it can be unpacked from, by the manifests of images that have it
     * @param below the layers below it, the topmost first
     * @param hold keeps the layers and blobs until the layer is there
     */
    record Lost(Layer layer, List<Descriptor> blobs, List<Layer> below, Holds.Hold hold) {
        Lost {
            blobs = List.copyOf(blobs);
            below = List.copyOf(below);
        }
    }

    /** One that is to be made; its fields are guarded by the lock. */
    private static final class Entry {
        private final Lost lost;
        private CompletableFuture<Boolean> attempt = new CompletableFuture<>();
        private boolean tried;

        Entry(Lost lost) {
            this.lost = lost;
        }

        String directory() {
            return lost.layer().directory();
        }
    }

    /** Begins to make layers again; each goes after those below it. */
    void restore(List<Lost> lost, Maker with) {
        lock.lock();
        try {
            maker = with;
            lost.forEach(one -> entries.put(one.layer().directory(), new Entry(one)));
            work();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the layer of a directory if it is being made again, or is to be.
     *
     * @throws Failure why it could not be, or CANCELLED when this thread is interrupted
     */
    public void await(String directory) {
        CompletableFuture<Boolean> attempt;
        lock.lock();
        try {
            Entry entry = entries.get(directory);
            if (entry == null) {
                return;
            }
            attempt = entry.attempt;
            wanted.addLast(entry);
            work();
        } finally {
            lock.unlock();
        }
        try {
            attempt.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(
                    Failure.Code.CANCELLED,
                    "layer %s is being unpacked again, and nobody waits for it any more"
                            .formatted(directory),
                    e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw Failure.of("layer " + directory + " was lost", cause);
        }
    }

    private void work() {
        if (!working && !entries.isEmpty()) {
            working = true;
            Thread.ofVirtual().name("restore-layers").start(this::makeAll);
        }
    }

    private void makeAll() {
        for (Optional<Entry> next = next(); next.isPresent(); next = next()) {
            make(next.get());
        }
    }

    private Optional<Entry> next() {
        lock.lock();
        try {
            while (!wanted.isEmpty()) {
                Entry entry = wanted.removeFirst();
                if (entries.containsKey(entry.directory()) && !entry.attempt.isDone()) {
                    return Optional.of(entry);
                }
            }
            Optional<Entry> untried = entries.values().stream().filter(e -> !e.tried).findFirst();
            working = untried.isPresent();
            return untried;
        } finally {
            lock.unlock();
        }
    }

    private void make(Entry entry) {
        for (Layer lower : entry.lost.below().reversed()) {
            Optional<Failure> failure = entry(lower.directory()).flatMap(this::attempt);
            if (failure.isPresent() && !isFinal(failure.get())) {
                failed(entry, failure.get());
                return;
            }
        }
        attempt(entry);
    }

    private static boolean isFinal(Failure failure) {
        return failure.code() == Failure.Code.DATA_LOSS || failure.code() == Failure.Code.NOT_FOUND;
    }

    private Optional<Entry> entry(String directory) {
        lock.lock();
        try {
            return Optional.ofNullable(entries.get(directory));
        } finally {
            lock.unlock();
        }
    }

    private Optional<Failure> attempt(Entry entry) {
        try {
            maker.make(entry.lost);
            there(entry);
            return Optional.empty();
        } catch (RuntimeException | Error e) { // Whatever it is, somebody may wait for it.
            Failure failure = Failure.of("unpack it again", e);
            failed(entry, failure);
            return Optional.of(failure);
        }
    }

    private void there(Entry entry) {
        gone(entry);
        entry.attempt.complete(true);
        letGo(entry);
    }

    /** What was to be removed meanwhile is collected by it, which may fail. */
    private static void letGo(Entry entry) {
        try {
            entry.lost.hold().close();
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("layer", entry.directory())
                    .addKeyValue("error", e.getMessage())
                    .log("what is no longer needed is not all removed");
        }
    }

    private void gone(Entry entry) {
        lock.lock();
        try {
            entries.remove(entry.directory());
        } finally {
            lock.unlock();
        }
    }

    private void failed(Entry entry, Failure failure) {
        if (isFinal(failure)) {
            gone(entry);
            entry.attempt.completeExceptionally(failure);
            letGo(entry);
            return;
        }
        LOG.atWarn()
                .addKeyValue("layer", entry.directory())
                .addKeyValue("error", failure.message())
                .log("a lost layer cannot be unpacked again yet");
        CompletableFuture<Boolean> attempt;
        lock.lock();
        try {
            attempt = entry.attempt;
            entry.attempt = new CompletableFuture<>();
            entry.tried = true;
        } finally {
            lock.unlock();
        }
        attempt.completeExceptionally(failure);
    }
}
