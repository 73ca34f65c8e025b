package dev.gantry.cli.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads an archive, entry by entry. */
public final class TarReader {
    private static final int BLOCK = 512;
    private static final int LONGEST_RECORDS = 1 << 20;

    private final InputStream in;
    private long rest;
    private long padding;

    /** An archive that is not compressed. */
    public TarReader(InputStream in) {
        this.in = in;
    }

    /** The next entry; what was not read of the one before is passed over. */
    public Optional<TarEntry> next() throws IOException {
        Map<String, String> records = new HashMap<>();
        while (true) {
            in.skipNBytes(rest + padding);
            byte[] header = in.readNBytes(BLOCK);
            if (header.length == 0 || (header.length == BLOCK && isZero(header))) {
                return Optional.empty();
            }
            if (header.length < BLOCK) {
                throw new EOFException("the archive ends too early");
            }
            int type = header[156];
            length(number(header, 124, 12));
            switch (type) {
                case 'x' -> pax(text(), records);
                case 'g' -> text();
                case 'L' -> records.put("path", cut(text()));
                case 'K' -> records.put("linkpath", cut(text()));
                default -> {
                    return Optional.of(entry(header, type, records));
                }
            }
        }
    }

    private void length(long size) {
        rest = size;
        padding = (BLOCK - size % BLOCK) % BLOCK;
    }

    private TarEntry entry(byte[] header, int type, Map<String, String> records) {
        TarEntry.Kind kind = TarEntry.Kind.of(type);
        if (records.containsKey("size")) {
            length(Long.parseLong(records.get("size")));
        }
        String prefix =
                string(header, 257, 5).equals("ustar") && header[263] == '0'
                        ? string(header, 345, 155)
                        : "";
        String name =
                records.getOrDefault(
                        "path", (prefix.isEmpty() ? "" : prefix + "/") + string(header, 0, 100));
        if (name.endsWith("/")) {
            kind = kind == TarEntry.Kind.FILE ? TarEntry.Kind.DIRECTORY : kind;
            name = name.replaceFirst("/+$", "");
        }
        return new TarEntry(
                kind,
                name,
                records.getOrDefault("linkpath", string(header, 157, 100)),
                rest,
                (int) number(header, 100, 8) & 07777,
                (int)
                        Long.parseLong(
                                records.getOrDefault("uid", Long.toString(number(header, 108, 8)))),
                (int)
                        Long.parseLong(
                                records.getOrDefault("gid", Long.toString(number(header, 116, 8)))),
                (long)
                        Double.parseDouble(
                                records.getOrDefault(
                                        "mtime", Long.toString(number(header, 136, 12)))));
    }

    /** Writes the current entry's content. */
    public void copyTo(OutputStream to) throws IOException {
        byte[] buffer = new byte[64 << 10];
        while (rest > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, rest));
            if (count < 0) {
                throw new EOFException("the archive ends too early");
            }
            to.write(buffer, 0, count);
            rest -= count;
        }
    }

    private String text() throws IOException {
        if (rest > LONGEST_RECORDS) {
            throw new IOException("the archive has records of " + rest + " bytes");
        }
        byte[] bytes = in.readNBytes((int) rest);
        rest -= bytes.length;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String cut(String text) {
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }

    /** Records are {@code LENGTH KEY=VALUE\n}, with lengths in bytes. */
    private static void pax(String text, Map<String, String> records) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at < bytes.length) {
            int space = at;
            while (space < bytes.length && bytes[space] != ' ') {
                space++;
            }
            int length;
            try {
                length =
                        Integer.parseInt(
                                new String(bytes, at, space - at, StandardCharsets.US_ASCII));
            } catch (NumberFormatException e) {
                throw new IOException("the archive has a pax record without a length", e);
            }
            if (length <= space - at + 1 || at + length > bytes.length) {
                throw new IOException("the archive has a pax record of a wrong length");
            }
            String record =
                    new String(bytes, space + 1, at + length - space - 2, StandardCharsets.UTF_8);
            int equals = record.indexOf('=');
            if (equals > 0) {
                records.put(record.substring(0, equals), record.substring(equals + 1));
            }
            at += length;
        }
    }

    private static boolean isZero(byte[] block) {
        for (byte each : block) {
            if (each != 0) {
                return false;
            }
        }
        return true;
    }

    private static String string(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }

    /** Octal digits, or GNU's binary form with the highest bit set. */
    private static long number(byte[] header, int from, int length) {
        if ((header[from] & 0x80) != 0) {
            long value = header[from] & 0x7f;
            for (int i = from + 1; i < from + length; i++) {
                value = (value << 8) | (header[i] & 0xff);
            }
            return value;
        }
        String digits = string(header, from, length).strip();
        return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    }
}
