package dev.gantry.imagestore.archive;

import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.Timestamp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes tar archives (POSIX.1-2001 pax): what a header has no room for, and all attributes, goes
 * into an extended one before it.
 */
public final class PaxWriter implements AutoCloseable {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int CHUNK = 256 << 10;

    /** What eleven octal digits hold. */
    private static final long LARGEST = (1L << 33) - 1;

    private static final int LARGEST_ID = (1 << 21) - 1;

    private final OutputStream out;

    public PaxWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * What a header says.
     *
     * @param kind type flag: '0' file, '1' hard link, '2' symlink, '3' and '4' character and block
     *     device, '5' directory, '6' fifo
     * @param link target of a link; empty for others
     * @param size of a file's content; 0 for others
     */
    public record Header(
            PathBytes name,
            char kind,
            PathBytes link,
            int permissions,
            long uid,
            long gid,
            long size,
            Timestamp modified,
            int major,
            int minor,
            Map<String, byte[]> xattrs) {
        /** A file of root's. */
        public static Header file(String name, long size, Timestamp modified) {
            return new Header(
                    PathBytes.of(name),
                    '0',
                    PathBytes.EMPTY,
                    0600,
                    0,
                    0,
                    size,
                    modified,
                    0,
                    0,
                    Map.of());
        }

        /** A directory of root's. */
        public static Header directory(String name, Timestamp modified) {
            return new Header(
                    PathBytes.of(name + "/"),
                    '5',
                    PathBytes.EMPTY,
                    0700,
                    0,
                    0,
                    0,
                    modified,
                    0,
                    0,
                    Map.of());
        }
    }

    /** Adds an entry without content. */
    public void add(Header header) throws IOException {
        byte[] extended = extended(header);
        if (extended.length > 0) {
            out.write(block(PAX, 'x', extended.length));
            out.write(extended);
            pad(extended.length);
        }
        out.write(block(header, header.kind(), header.size()));
    }

    /** Where a file's content comes from, a part at a time. */
    public interface Source {
        /** The next bytes, at most so many; none at the end. */
        byte[] next(int most) throws IOException;
    }

    /**
     * Adds a file whose content is as long as its header says: one that has become longer meanwhile
     * is cut, one that has become shorter is filled up with zeros, as tar does.
     */
    public void add(Header header, Source content) throws IOException {
        add(header);
        long left = header.size();
        while (left > 0) {
            byte[] part = content.next((int) Math.min(CHUNK, left));
            out.write(part.length > 0 ? part : new byte[(int) Math.min(CHUNK, left)]);
            left -= part.length > 0 ? part.length : Math.min(CHUNK, left);
        }
        pad(header.size());
    }

    /** Ends the archive; the stream below stays open. */
    @Override
    public void close() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private static final Header PAX =
            new Header(
                    PathBytes.of("PaxHeaders/entry"),
                    'x',
                    PathBytes.EMPTY,
                    0600,
                    0,
                    0,
                    0,
                    new Timestamp(0, 0),
                    0,
                    0,
                    Map.of());

    private void pad(long size) throws IOException {
        int over = (int) (size % BLOCK);
        if (over > 0) {
            out.write(new byte[BLOCK - over]);
        }
    }

    private static byte[] extended(Header h) throws IOException {
        Map<String, byte[]> records = new TreeMap<>();
        if (h.name().length() > NAME) {
            records.put("path", h.name().toByteArray());
        }
        if (h.link().length() > NAME) {
            records.put("linkpath", h.link().toByteArray());
        }
        number(records, "size", h.size(), LARGEST);
        number(records, "uid", h.uid(), LARGEST_ID);
        number(records, "gid", h.gid(), LARGEST_ID);
        if (h.modified().nanos() != 0 || h.modified().seconds() < 0) {
            String time = "%d.%09d".formatted(h.modified().seconds(), h.modified().nanos());
            records.put("mtime", time.getBytes(StandardCharsets.US_ASCII));
        }
        h.xattrs().forEach((name, value) -> records.put("SCHILY.xattr." + name, value));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Map.Entry<String, byte[]> record : records.entrySet()) {
            all.write(record(record.getKey(), record.getValue()));
        }
        return all.toByteArray();
    }

    private static void number(Map<String, byte[]> records, String key, long value, long largest) {
        if (value > largest) {
            records.put(key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** "LENGTH KEY=VALUE\n", where the length counts its own digits. */
    private static byte[] record(String key, byte[] value) throws IOException {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        int rest = name.length + value.length + 3;
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        ByteArrayOutputStream record = new ByteArrayOutputStream(length);
        record.write((length + " ").getBytes(StandardCharsets.US_ASCII));
        record.write(name);
        record.write('=');
        record.write(value);
        record.write('\n');
        return record.toByteArray();
    }

    private static byte[] block(Header h, char kind, long size) {
        byte[] block = new byte[BLOCK];
        text(block, 0, h.name().toByteArray(), NAME);
        octal(block, 100, 8, h.permissions());
        octal(block, 108, 8, h.uid() > LARGEST_ID ? 0 : h.uid());
        octal(block, 116, 8, h.gid() > LARGEST_ID ? 0 : h.gid());
        octal(block, 124, 12, size > LARGEST ? 0 : size);
        octal(block, 136, 12, Math.clamp(h.modified().seconds(), 0, LARGEST));
        block[156] = (byte) kind;
        text(block, 157, h.link().toByteArray(), NAME);
        text(block, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII), 8);
        octal(block, 329, 8, h.major());
        octal(block, 337, 8, h.minor());
        int sum = 8 * ' ';
        for (byte b : block) {
            sum += b & 0xff;
        }
        octal(block, 148, 7, sum);
        block[155] = ' ';
        return block;
    }

    private static void text(byte[] block, int at, byte[] text, int room) {
        System.arraycopy(text, 0, block, at, Math.min(text.length, room));
    }

    /** Digits that fill the field but for the NUL at its end. */
    private static void octal(byte[] block, int at, int width, long value) {
        long left = value;
        for (int i = at + width - 2; i >= at; i--) {
            block[i] = (byte) ('0' + (left & 7));
            left >>= 3;
        }
    }
}
