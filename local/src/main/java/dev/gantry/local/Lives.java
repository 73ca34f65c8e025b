package dev.gantry.local;

import java.util.concurrent.ConcurrentHashMap;

/** A {@link Life} for each container. */
final class Lives {
    private final ConcurrentHashMap<String, Life> lives = new ConcurrentHashMap<>();

    Life of(String id) {
        return lives.computeIfAbsent(id, _ -> new Life());
    }

    /** For a container that is gone; ids are never used again. */
    void forget(String id) {
        lives.remove(id);
    }
}
