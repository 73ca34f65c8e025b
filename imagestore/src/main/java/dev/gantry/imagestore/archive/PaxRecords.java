package dev.gantry.imagestore.archive;

import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records of a pax extended header, {@code "LENGTH KEY=VALUE\n"} (POSIX.1-2001 pax), with GNU's
 * sparse and star's xattr keys. Values are bytes.
 */
final class PaxRecords {
    /** Bytes of one extended header. */
    static final int MAX_SIZE = 1 << 20;

    private static final String XATTR = "SCHILY.xattr.";

    private final Map<String, byte[]> values = new HashMap<>();
    private final SparseMap.Builder sparse = new SparseMap.Builder();

    private PaxRecords() {}

    static PaxRecords none() {
        return new PaxRecords();
    }

    /** Records of a header, above those of the global headers before it. */
    static PaxRecords parse(byte[] header, PaxRecords global) {
        PaxRecords records = new PaxRecords();
        records.values.putAll(global.values);
        records.read(header);
        return records;
    }

    /** Global records hold for all entries that follow, which makes no sense for some of them. */
    PaxRecords checkGlobal() {
        for (String key : values.keySet()) {
            if (List.of("path", "linkpath", "size").contains(key)
                    || key.startsWith("GNU.sparse.")
                    || key.startsWith(XATTR)) {
                throw Failure.invalid("global pax header sets " + key + " for every entry");
            }
        }
        values.keySet().removeIf(key -> !List.of("uid", "gid", "mtime").contains(key));
        return this;
    }

    private void read(byte[] header) {
        int at = 0;
        while (at < header.length && header[at] != 0) {
            int space = indexOf(header, ' ', at, Math.min(header.length, at + 8));
            long length = decimal("record length", slice(header, at, space));
            int end = at + (int) length;
            if (length <= space - at + 1 || end > header.length || header[end - 1] != '\n') {
                throw Failure.invalid("pax header has a record of a wrong length");
            }
            int equals = indexOf(header, '=', space + 1, end);
            put(slice(header, space + 1, equals), slice(header, equals + 1, end - 1));
            at = end;
        }
    }

    private void put(byte[] rawKey, byte[] value) {
        String key = new String(rawKey, StandardCharsets.ISO_8859_1);
        if (key.isEmpty() || key.indexOf(0) >= 0) {
            throw Failure.invalid("pax header has a record with a bad key");
        }
        if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
            if ((sparse.count() % 2 == 0) != key.equals("GNU.sparse.offset")) {
                throw Failure.invalid("sparse map has offsets and lengths out of order");
            }
            sparse.add(decimal(key, value));
        } else if (value.length == 0 && !key.startsWith(XATTR)) {
            values.remove(key);
        } else {
            values.put(key, value);
        }
    }

    Optional<PathBytes> path(String key) {
        return Optional.ofNullable(values.get(key)).map(value -> path(key, value));
    }

    private static PathBytes path(String key, byte[] value) {
        for (byte b : value) {
            if (b == 0) {
                throw Failure.invalid("pax header has a " + key + " with a NUL byte");
            }
        }
        return PathBytes.of(value);
    }

    /** A number that may not be negative. */
    Optional<Long> number(String key) {
        return Optional.ofNullable(values.get(key)).map(value -> decimal(key, value));
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** The map of GNU sparse 0.0 or 0.1, when there is one. */
    Optional<SparseMap.Builder> sparseMap() {
        byte[] map = values.get("GNU.sparse.map");
        if (map == null) {
            return sparse.count() > 0 ? Optional.of(sparse) : Optional.empty();
        }
        SparseMap.Builder builder = new SparseMap.Builder();
        int start = 0;
        for (int i = 0; i <= map.length; i++) {
            if (i == map.length || map[i] == ',') {
                builder.add(decimal("GNU.sparse.map", slice(map, start, i)));
                start = i + 1;
            }
        }
        return Optional.of(builder);
    }

    /** Seconds with a fraction, e.g. {@code -1.25}; digits past the nanosecond are dropped. */
    Optional<Timestamp> time(String key) {
        return Optional.ofNullable(values.get(key)).map(value -> time(key, value));
    }

    private static Timestamp time(String key, byte[] value) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        int dot = digits.indexOf('.');
        String whole = dot < 0 ? digits : digits.substring(0, dot);
        String fraction = dot < 0 ? "" : digits.substring(dot + 1);
        long seconds = decimal(key, whole.getBytes(StandardCharsets.ISO_8859_1));
        String nine = (fraction + "000000000").substring(0, 9);
        int nanos = (int) decimal(key, nine.getBytes(StandardCharsets.ISO_8859_1));
        if (!negative) {
            return new Timestamp(seconds, nanos);
        }
        return nanos == 0
                ? new Timestamp(-seconds, 0)
                : new Timestamp(-seconds - 1, 1_000_000_000 - nanos);
    }

    List<TarXattr> xattrs() {
        List<TarXattr> xattrs = new ArrayList<>();
        values.forEach(
                (key, value) -> {
                    if (key.startsWith(XATTR)) {
                        byte[] name =
                                key.substring(XATTR.length()).getBytes(StandardCharsets.ISO_8859_1);
                        xattrs.add(new TarXattr(PathBytes.of(name), value));
                    }
                });
        return xattrs;
    }

    /** Decimal digits only, 18 at most. */
    static long decimal(String what, byte[] digits) {
        if (digits.length == 0 || digits.length > 18) {
            throw Failure.invalid("pax header has a " + what + " that is not a number in range");
        }
        long value = 0;
        for (byte digit : digits) {
            if (digit < '0' || digit > '9') {
                throw Failure.invalid("pax header has a " + what + " that is not a number");
            }
            value = 10 * value + (digit - '0');
        }
        return value;
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        throw Failure.invalid("pax header has a malformed record");
    }

    private static byte[] slice(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }
}
