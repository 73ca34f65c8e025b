package dev.gantry.imagestore.content;

import java.util.Map;
import java.util.TreeMap;

/** A set of numbers as ranges that do not touch; not for several threads. */
final class Ranges {
    /** As many as connections write at a time, and some that were left by earlier ones. */
    static final int MOST = 256;

    /** End (exclusive) by beginning. */
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    private long total;

    /** Who is told of ranges. */
    interface Visitor {
        void visit(long from, long to);
    }

    void add(long from, long to) {
        long begin = from;
        long end = to;
        Map.Entry<Long, Long> before = ends.floorEntry(begin);
        if (before != null && before.getValue() >= begin) {
            begin = before.getKey();
            end = Math.max(end, before.getValue());
        }
        Map.Entry<Long, Long> next = ends.ceilingEntry(begin);
        while (next != null && next.getKey() <= end) {
            end = Math.max(end, next.getValue());
            total -= next.getValue() - next.getKey();
            ends.remove(next.getKey());
            next = ends.ceilingEntry(begin);
        }
        ends.put(begin, end);
        total += end - begin;
    }

    /** How many numbers are in it. */
    long total() {
        return total;
    }

    /** The first number from {@code at} on that is not in it. */
    long endOf(long at) {
        Map.Entry<Long, Long> before = ends.floorEntry(at);
        return before == null ? at : Math.max(at, before.getValue());
    }

    /** The first number from {@code at} on that is in it; {@link Long#MAX_VALUE} if none is. */
    long nextFrom(long at) {
        if (endOf(at) > at) {
            return at;
        }
        Long next = ends.higherKey(at);
        return next == null ? Long.MAX_VALUE : next;
    }

    void forEach(Visitor visitor) {
        ends.forEach(visitor::visit);
    }

    void clear() {
        ends.clear();
        total = 0;
    }
}
