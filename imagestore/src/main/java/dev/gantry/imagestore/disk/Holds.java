package dev.gantry.imagestore.disk;

import dev.gantry.model.Digest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What work in flight needs although no record says so yet: blobs, documents among them, and
 * layers. Whoever is about to look whether something is here holds it first, and lets go once it is
 * recorded (or given up); the collector removes nothing that is held, and nothing is held while it
 * is being removed. So a collection may run at any time, and what was found here stays here.
 */
public final class Holds {
    /** How many digits of a chain id every directory name of its layer starts with. */
    private static final int DIRECTORY_DIGITS = 16;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition removed = lock.newCondition();
    private final Map<Key, Integer> held = new HashMap<>();
    private final Set<Key> removing = new HashSet<>();
    private final Set<Key> refused = new HashSet<>();
    private volatile Runnable whenFree = () -> {};

    private record Key(String kind, String name) {}

    /** One piece of work's holds; it may be used by many threads. */
    public final class Hold implements AutoCloseable {
        private final Set<Key> mine = new HashSet<>();
        private boolean closed;

        private Hold() {}

        /** Keeps a blob or document from now on, whether it is here or not. */
        public void blob(Digest digest) {
            take(blobKey(digest));
        }

        /** Keeps an unpacked layer from now on, whether it is here or not. */
        public void layer(Digest chainId) {
            take(layerKey(chainId.hex()));
        }

        /** As {@link #layer}, by the name of its directory. */
        void directory(String name) {
            take(layerKey(name));
        }

        private void take(Key key) {
            lock.lock();
            try {
                if (closed) {
                    throw new IllegalStateException("the hold is closed");
                }
                while (removing.contains(key)) {
                    removed.awaitUninterruptibly();
                }
                if (mine.add(key)) {
                    held.merge(key, 1, Integer::sum);
                }
            } finally {
                lock.unlock();
            }
        }

        /** Lets go of all; what was asked to be removed meanwhile is collected now. */
        @Override
        public void close() {
            boolean free = false;
            lock.lock();
            try {
                closed = true;
                for (Key key : mine) {
                    if (held.merge(key, -1, (a, b) -> a + b == 0 ? null : a + b) == null) {
                        free |= refused.remove(key);
                    }
                }
                mine.clear();
            } finally {
                lock.unlock();
            }
            if (free) {
                whenFree.run();
            }
        }
    }

    /** Begins a piece of work that holds nothing yet. */
    public Hold open() {
        return new Hold();
    }

    /** What to do when something could not be removed for a hold that has ended since. */
    void whenFree(Runnable action) {
        whenFree = action;
    }

    /** Removes a blob unless somebody holds it; false when it is held. */
    boolean removeBlob(Digest digest, Runnable removal) {
        return remove(blobKey(digest), removal);
    }

    /** Removes a layer, by the name of its directory, unless somebody holds it; false if so. */
    boolean removeLayer(String directory, Runnable removal) {
        return remove(layerKey(directory), removal);
    }

    private boolean remove(Key key, Runnable removal) {
        lock.lock();
        try {
            if (held.containsKey(key) || !removing.add(key)) {
                refused.add(key);
                return false;
            }
        } finally {
            lock.unlock();
        }
        try {
            removal.run();
            return true;
        } finally {
            lock.lock();
            try {
                removing.remove(key);
                removed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private static Key blobKey(Digest digest) {
        return new Key("blob", digest.toString());
    }

    /** Layers whose ids start alike share a key: one is then kept for the other's sake, no harm. */
    private static Key layerKey(String name) {
        return new Key("layer", name.substring(0, Math.min(DIRECTORY_DIGITS, name.length())));
    }
}
