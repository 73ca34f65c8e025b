package dev.gantry.runtime.cgroup;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads the kernel's small text files, one after another, into one buffer that is used again: a
 * list of a thousand containers is some thousands of files. What is missing or of another form is
 * unknown, never an error. For one thread at a time.
 */
public final class KernelFile implements AutoCloseable {
    /** A bound on what any file is believed to hold; the rest is not read. */
    static final int LIMIT = 1 << 20;

    // Up to here the JDK reads without a detour over malloc.
    private static final int CHUNK = 8192;
    private static final int SIZE = 2 * CHUNK;
    private static final int SPARE = 8;
    private static final ConcurrentLinkedQueue<KernelFile> POOL = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger POOLED = new AtomicInteger();

    private byte[] buffer = new byte[SIZE];
    private int length;

    private KernelFile() {}

    /** One to read with; give it back by closing it. */
    public static KernelFile borrow() {
        KernelFile file = POOL.poll();
        if (file == null) {
            return new KernelFile();
        }
        POOLED.decrementAndGet();
        return file;
    }

    @Override
    public void close() {
        if (buffer.length == SIZE && POOLED.get() < SPARE) {
            POOLED.incrementAndGet();
            POOL.add(this);
        }
    }

    /** Reads a file that the kernel gives whole in one go, as files of single values are. */
    public boolean read(String path) {
        return read(path, false);
    }

    /** Reads a file of any length, as lists of processes are. */
    public boolean readAll(String path) {
        return read(path, true);
    }

    private boolean read(String path, boolean toTheEnd) {
        length = 0;
        try (FileInputStream in = new FileInputStream(path)) {
            while (length < LIMIT) {
                if (buffer.length - length < CHUNK) {
                    buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + CHUNK));
                }
                int count = in.read(buffer, length, CHUNK);
                if (count <= 0) {
                    return true;
                }
                length += count;
                if (!toTheEnd && count < CHUNK) {
                    return true;
                }
            }
            return true;
        } catch (IOException _) {
            length = 0;
            return false;
        }
    }

    /** Takes text as if it had been read. */
    void set(byte[] text) {
        buffer = Arrays.copyOf(text, Math.max(text.length, SIZE));
        length = text.length;
    }

    /** What was read last, for what is read seldom. */
    public String text() {
        return new String(buffer, 0, length, StandardCharsets.US_ASCII);
    }

    /** The number that a file holds; empty when it is missing, or says {@code max}. */
    public OptionalLong number(String path) {
        return read(path) ? number(0, length) : OptionalLong.empty();
    }

    /** Collects numbers from lines of a name and a number, into a slot for each name. */
    public long[] pairs(Names names) {
        long[] values = names.unknown();
        int at = 0;
        while (at < length) {
            int end = lineEnd(at);
            int space = find((byte) ' ', at, end);
            if (space < end) {
                int slot = names.slot(buffer, at, space);
                if (slot >= 0) {
                    OptionalLong value = number(space + 1, end);
                    values[slot] = value.orElse(Names.UNKNOWN);
                }
            }
            at = end + 1;
        }
        return values;
    }

    /** A number a line, as the processes of {@code cgroup.procs}. */
    public int[] numbers() {
        int[] found = new int[16];
        int count = 0;
        for (int at = 0; at < length; ) {
            int end = lineEnd(at);
            OptionalLong value = number(at, end);
            if (value.isPresent() && value.getAsLong() <= Integer.MAX_VALUE) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, count * 2);
                }
                found[count++] = (int) value.getAsLong();
            }
            at = end + 1;
        }
        return Arrays.copyOf(found, count);
    }

    private int lineEnd(int from) {
        return find((byte) '\n', from, length);
    }

    private int find(byte wanted, int from, int end) {
        int at = from;
        while (at < end && buffer[at] != wanted) {
            at++;
        }
        return at;
    }

    /** A decimal number between spaces; numbers past the greatest long are the greatest. */
    private OptionalLong number(int from, int to) {
        int at = from;
        int end = to;
        while (at < end && buffer[at] <= ' ') {
            at++;
        }
        while (end > at && buffer[end - 1] <= ' ') {
            end--;
        }
        if (at == end) {
            return OptionalLong.empty();
        }
        long value = 0;
        for (; at < end; at++) {
            int digit = buffer[at] - '0';
            if (digit < 0 || digit > 9) {
                return OptionalLong.empty();
            }
            value = value > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : value * 10 + digit;
        }
        return OptionalLong.of(value);
    }

    /** The names that are wanted of a file of names and numbers. */
    public static final class Names {
        static final long UNKNOWN = -1;

        private final byte[][] names;

        public Names(String... names) {
            this.names =
                    Arrays.stream(names)
                            .map(n -> n.getBytes(StandardCharsets.US_ASCII))
                            .toArray(byte[][]::new);
        }

        private long[] unknown() {
            long[] values = new long[names.length];
            Arrays.fill(values, UNKNOWN);
            return values;
        }

        private int slot(byte[] text, int from, int to) {
            for (int i = 0; i < names.length; i++) {
                if (names[i].length == to - from
                        && Arrays.equals(names[i], 0, names[i].length, text, from, to)) {
                    return i;
                }
            }
            return -1;
        }
    }
}
