package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.content.PartialBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Shares what is missing of a blob out to connections, from its beginning on. */
final class Segments {
    private final PartialBlob partial;
    private final long most;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Segment> taken = new ArrayList<>();

    Segments(PartialBlob partial, long most) {
        this.partial = partial;
        this.most = most;
    }

    /** A part that one connection fetches. */
    static final class Segment {
        private volatile long at;
        private volatile long to;

        private Segment(long at, long to) {
            this.at = at;
            this.to = to;
        }

        /** The next byte that is wanted. */
        long at() {
            return at;
        }

        long to() {
            return to;
        }

        void advance(int count) {
            long next = at + count;
            at = next;
        }
    }

    /** The next part that nobody fetches; empty when none is left. */
    Optional<Segment> take() {
        lock.lock();
        try {
            long from = partial.missingFrom(0);
            while (from < partial.size()) {
                Optional<Segment> other = owner(from);
                if (other.isEmpty()) {
                    Segment segment = new Segment(from, end(from));
                    taken.add(segment);
                    return Optional.of(segment);
                }
                from = partial.missingFrom(other.get().to);
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private Optional<Segment> owner(long at) {
        return taken.stream().filter(s -> s.at <= at && at < s.to).findFirst();
    }

    private long end(long from) {
        long end = Math.min(from + most, partial.presentFrom(from));
        for (Segment other : taken) {
            if (other.at >= from) {
                end = Math.min(end, other.at);
            }
        }
        return end;
    }

    /** The server sends all there is from here on, so let it. */
    void extend(Segment segment) {
        lock.lock();
        try {
            segment.to = partial.size();
        } finally {
            lock.unlock();
        }
    }

    /** What a connection did not fetch is free again. */
    void giveBack(Segment segment) {
        lock.lock();
        try {
            taken.remove(segment);
        } finally {
            lock.unlock();
        }
    }
}
