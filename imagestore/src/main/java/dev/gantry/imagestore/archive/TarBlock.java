package dev.gantry.imagestore.archive;

import dev.gantry.linux.fs.PathBytes;
import dev.gantry.model.Failure;
import java.util.Arrays;

/**
 * One 512-byte header block: fields at fixed places (POSIX.1-1988 ustar; GNU tar manual, "Basic Tar
 * Format"; star's prefix).
 */
final class TarBlock {
    static final int SIZE = 512;

    private final byte[] block;

    TarBlock(byte[] block) {
        this.block = block;
    }

    boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** The header's sum with its own field as spaces; old writers added signed bytes. */
    void verifyChecksum() {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < SIZE; i++) {
            byte b = i >= 148 && i < 156 ? (byte) ' ' : block[i];
            unsigned += b & 0xff;
            signed += b;
        }
        long stated = number("checksum", 148, 8);
        if (stated != unsigned && stated != signed) {
            throw Failure.invalid(
                    "tar header checksum does not match: not a tar archive, or damaged");
        }
    }

    char type() {
        return (char) (block[156] & 0xff);
    }

    PathBytes name() {
        PathBytes name = text(0, 100);
        if (isPosix()) {
            boolean star = matches(508, 't', 'a', 'r', 0);
            PathBytes prefix = text(345, star ? 131 : 155);
            if (!prefix.isEmpty()) {
                byte[] joined = Arrays.copyOf(prefix.toByteArray(), prefix.length() + 1);
                joined[prefix.length()] = '/';
                byte[] all = Arrays.copyOf(joined, joined.length + name.length());
                System.arraycopy(name.toByteArray(), 0, all, joined.length, name.length());
                return PathBytes.of(all);
            }
        }
        return name;
    }

    PathBytes link() {
        return text(157, 100);
    }

    int mode() {
        return (int) (unsigned("mode", 100, 8) & 07777);
    }

    long uid() {
        return unsigned("uid", 108, 8);
    }

    long gid() {
        return unsigned("gid", 116, 8);
    }

    long size() {
        return unsigned("size", 124, 12);
    }

    long modified() {
        return number("mtime", 136, 12);
    }

    long deviceMajor() {
        return unsigned("device major", 329, 8);
    }

    long deviceMinor() {
        return unsigned("device minor", 337, 8);
    }

    /** Old GNU sparse: pairs in the header, the flag for more blocks, the real size. */
    boolean readOldSparse(SparseMap.Builder map) {
        readPairs(map, 386, 4);
        return block[482] != 0;
    }

    long oldSparseRealSize() {
        return unsigned("sparse size", 483, 12);
    }

    boolean readOldSparseExtension(SparseMap.Builder map) {
        readPairs(map, 0, 21);
        return block[504] != 0;
    }

    private void readPairs(SparseMap.Builder map, int start, int pairs) {
        for (int i = 0; i < pairs; i++) {
            int at = start + 24 * i;
            if (block[at] == 0 && block[at + 12] == 0) {
                return;
            }
            map.add(unsigned("sparse offset", at, 12));
            map.add(unsigned("sparse length", at + 12, 12));
        }
    }

    private boolean isPosix() {
        return matches(257, 'u', 's', 't', 'a', 'r', 0);
    }

    private boolean matches(int offset, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (block[offset + i] != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private PathBytes text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return PathBytes.of(Arrays.copyOfRange(block, offset, end));
    }

    private long unsigned(String field, int offset, int length) {
        long value = number(field, offset, length);
        if (value < 0) {
            throw Failure.invalid("tar header has a negative " + field);
        }
        return value;
    }

    /** Octal with spaces and NULs around it, or base-256 when the first bit is set (GNU). */
    private long number(String field, int offset, int length) {
        if ((block[offset] & 0x80) != 0) {
            return base256(field, offset, length);
        }
        int at = offset;
        int end = offset + length;
        while (at < end && (block[at] == ' ' || block[at] == 0)) {
            at++;
        }
        while (end > at && (block[end - 1] == ' ' || block[end - 1] == 0)) {
            end--;
        }
        long value = 0;
        for (; at < end; at++) {
            if (block[at] < '0' || block[at] > '7') {
                throw Failure.invalid("tar header has a " + field + " that is not a number");
            }
            value = value << 3 | (block[at] - '0');
        }
        return value;
    }

    private long base256(String field, int offset, int length) {
        boolean negative = (block[offset] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = 0; i < length; i++) {
            int b = block[offset + i] & 0xff;
            if (i == 0) {
                b = negative ? b : b & 0x3f;
            }
            if (value != (value << 8) >> 8) {
                throw Failure.invalid("tar header has a " + field + " that is too large");
            }
            value = value << 8 | b;
        }
        if ((value < 0) != negative) {
            throw Failure.invalid("tar header has a " + field + " that is too large");
        }
        return value;
    }
}
