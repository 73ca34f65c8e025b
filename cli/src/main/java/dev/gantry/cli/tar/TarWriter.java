package dev.gantry.cli.tar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes an archive, entry by entry. */
public final class TarWriter {
    private static final int BLOCK = 512;
    private static final long LARGEST = 077777777777L;
    private static final int LARGEST_ID = 07777777;

    private final OutputStream out;

    /** An archive that is not compressed. */
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /** An entry without content. */
    public void add(TarEntry entry) throws IOException {
        String name = entry.kind() == TarEntry.Kind.DIRECTORY ? entry.name() + "/" : entry.name();
        String records = record("path", name, 100) + record("linkpath", entry.link(), 100);
        if (entry.size() > LARGEST) {
            records += record("size", Long.toString(entry.size()), 0);
        }
        if (entry.uid() > LARGEST_ID || entry.gid() > LARGEST_ID) {
            records +=
                    record("uid", Integer.toString(entry.uid()), 0)
                            + record("gid", Integer.toString(entry.gid()), 0);
        }
        if (!records.isEmpty()) {
            byte[] bytes = records.getBytes(StandardCharsets.UTF_8);
            header('x', "pax", "", bytes.length, 0644, 0, 0, 0);
            out.write(bytes);
            pad(bytes.length);
        }
        header(
                entry.kind().letter(),
                name,
                entry.link(),
                Math.min(entry.size(), LARGEST),
                entry.mode(),
                Math.min(entry.uid(), LARGEST_ID),
                Math.min(entry.gid(), LARGEST_ID),
                Math.max(0, entry.modified()));
    }

    /**
     * A file with its content, which has to be as long as the entry says; a shorter one is filled
     * up with zeros.
     */
    public void add(TarEntry entry, InputStream content) throws IOException {
        add(entry);
        byte[] buffer = new byte[64 << 10];
        long rest = entry.size();
        while (rest > 0) {
            int count = content.read(buffer, 0, (int) Math.min(buffer.length, rest));
            if (count < 0) {
                throw new IOException("a file became shorter while it was read: " + entry.name());
            }
            out.write(buffer, 0, count);
            rest -= count;
        }
        pad(entry.size());
    }

    /** The end of the archive. */
    public void end() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private void pad(long length) throws IOException {
        out.write(new byte[(int) ((BLOCK - length % BLOCK) % BLOCK)]);
    }

    private void header(
            char type,
            String name,
            String link,
            long size,
            int mode,
            int uid,
            int gid,
            long modified)
            throws IOException {
        byte[] header = new byte[BLOCK];
        put(header, 0, 100, name);
        put(header, 100, 8, octal(mode, 7));
        put(header, 108, 8, octal(uid, 7));
        put(header, 116, 8, octal(gid, 7));
        put(header, 124, 12, octal(size, 11));
        put(header, 136, 12, octal(modified, 11));
        put(header, 148, 8, " ".repeat(8));
        header[156] = (byte) type;
        put(header, 157, 100, link);
        put(header, 257, 8, "ustar\u000000");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, 8, octal(sum, 6) + "\u0000 ");
        out.write(header);
    }

    private static String octal(long value, int digits) {
        return ("%0" + digits + "o").formatted(value);
    }

    private static void put(byte[] header, int at, int length, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, Math.min(length, bytes.length));
    }

    /** A pax record when a value has no room in the header; its length counts itself. */
    private static String record(String key, String value, int room) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes <= room && value.chars().allMatch(c -> c < 128)) {
            return "";
        }
        int rest = key.length() + bytes + 3;
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        return String.format(Locale.ROOT, "%d %s=%s\n", length, key, value);
    }
}
