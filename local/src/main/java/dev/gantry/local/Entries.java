package dev.gantry.local;

import dev.gantry.model.Failure;
import dev.gantry.state.Database;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * All containers of this room: records in memory, a durable copy in the state, which is written
 * first. Names are unique.
 */
final class Entries {
    private final EntryTable table;
    private final ConcurrentHashMap<String, Entry> byId = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    Entries(Database database) {
        table = new EntryTable(database);
        table.all().forEach(entry -> byId.put(entry.id(), entry));
    }

    /** All, half-made ones included. */
    List<Entry> all() {
        return List.copyOf(byId.values());
    }

    Optional<Entry> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** One that is not being removed, or NOT_FOUND or FAILED_PRECONDITION. */
    Entry staying(String id) {
        Entry entry = find(id).orElseThrow(() -> missing(id));
        if (entry.removing()) {
            throw Failure.precondition("container " + entry.name() + " is being removed");
        }
        return entry;
    }

    boolean taken(String name) {
        return byName(name).isPresent();
    }

    private Optional<Entry> byName(String name) {
        return byId.values().stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    /** Takes a name, or ALREADY_EXISTS. */
    void reserve(Entry entry) {
        lock.lock();
        try {
            mustBeFree(entry.name());
            table.insert(entry);
            byId.put(entry.id(), entry);
        } finally {
            lock.unlock();
        }
    }

    private void mustBeFree(String name) {
        byName(name)
                .ifPresent(
                        other -> {
                            throw new Failure(
                                    Failure.Code.ALREADY_EXISTS,
                                    "the container name \"%s\" is already in use by container %s; remove or rename that container to use the name again"
                                            .formatted(name, other.id()));
                        });
    }

    /** Gives a container another name, or ALREADY_EXISTS. */
    Entry rename(String id, String name) {
        lock.lock();
        try {
            mustBeFree(name);
            return change(id, entry -> entry.named(name));
        } finally {
            lock.unlock();
        }
    }

    /** Changes a record; NOT_FOUND when it is gone. */
    Entry change(String id, UnaryOperator<Entry> change) {
        lock.lock();
        try {
            Entry before = find(id).orElseThrow(() -> missing(id));
            Entry after = change.apply(before);
            if (!after.equals(before)) {
                table.update(after);
                byId.put(id, after);
            }
            return after;
        } finally {
            lock.unlock();
        }
    }

    void forget(String id) {
        lock.lock();
        try {
            table.delete(id);
            byId.remove(id);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The container that is meant, with docker's rules: a whole id, else a name, else the beginning
     * of one id. NOT_FOUND for none, INVALID_ARGUMENT for more than one.
     */
    Entry resolve(String reference) {
        String asked = reference.startsWith("/") ? reference.substring(1) : reference;
        if (asked.isEmpty()) {
            throw Failure.invalid("the container's name or id is missing");
        }
        Optional<Entry> exact = find(asked).or(() -> byName(asked)).filter(Entry::complete);
        if (exact.isPresent()) {
            return exact.get();
        }
        List<Entry> beginning =
                byId.values().stream()
                        .filter(Entry::complete)
                        .filter(entry -> entry.id().startsWith(asked))
                        .limit(2)
                        .toList();
        return switch (beginning.size()) {
            case 0 -> throw missing(reference);
            case 1 -> beginning.getFirst();
            default ->
                    throw Failure.invalid(
                            "\"%s\" is the beginning of more than one container's id; give more of it"
                                    .formatted(reference));
        };
    }

    private static Failure missing(String reference) {
        return Failure.notFound("no such container: " + reference);
    }
}
