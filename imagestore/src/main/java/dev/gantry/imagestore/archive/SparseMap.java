package dev.gantry.imagestore.archive;

import dev.gantry.model.Failure;
import java.util.Arrays;

/** The segments of a file that have data, ascending and apart; a plain file is one segment. */
public final class SparseMap {
    /** Segments of one file; 16 bytes of memory each. */
    static final int MAX_SEGMENTS = 1_000_000;

    static final SparseMap NONE = new SparseMap(new long[0]);

    private final long[] numbers;

    private SparseMap(long[] numbers) {
        this.numbers = numbers;
    }

    static SparseMap whole(long size) {
        return new SparseMap(new long[] {0, size});
    }

    /**
     * Checks and keeps the first {@code count} numbers: offset, length, offset, length.
     *
     * @param realSize size of the file, which no segment may pass
     * @param stored bytes of data in the archive, which the lengths have to add up to
     */
    static SparseMap of(long[] numbers, int count, long realSize, long stored) {
        long position = 0;
        long total = 0;
        for (int i = 0; i < count; i += 2) {
            long offset = numbers[i];
            long length = numbers[i + 1];
            if (offset < position || length < 0 || offset > realSize - length) {
                throw Failure.invalid("sparse map has overlapping or misplaced segments");
            }
            position = offset + length;
            total += length;
        }
        if (total != stored) {
            throw Failure.invalid(
                    "sparse map covers %d bytes, but the archive holds %d"
                            .formatted(total, stored));
        }
        return new SparseMap(Arrays.copyOf(numbers, count));
    }

    public int segments() {
        return numbers.length / 2;
    }

    public long offset(int segment) {
        return numbers[2 * segment];
    }

    public long length(int segment) {
        return numbers[2 * segment + 1];
    }

    /** Whether the data run from the start to the size without a hole. */
    public boolean covers(long size) {
        return numbers.length == 2 && numbers[0] == 0 && numbers[1] == size;
    }

    /** Collects offsets and lengths, bounded. */
    static final class Builder {
        private long[] numbers = new long[16];
        private int count;

        void add(long number) {
            if (number < 0) {
                throw Failure.invalid("sparse map has a negative number");
            }
            if (count == 2 * MAX_SEGMENTS) {
                throw Failure.invalid("sparse map has over %d segments".formatted(MAX_SEGMENTS));
            }
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * count);
            }
            numbers[count++] = number;
        }

        int count() {
            return count;
        }

        SparseMap build(long realSize, long stored) {
            if (count % 2 != 0) {
                throw Failure.invalid("sparse map has an offset without a length");
            }
            return of(numbers, count, realSize, stored);
        }
    }
}
