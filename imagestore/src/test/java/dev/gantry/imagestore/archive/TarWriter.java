package dev.gantry.imagestore.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Writes tar archives for tests, sound ones and any kind of broken one: what is set with {@link
 * #pax}, {@link #longName} or {@link #tweak} goes before or into the next entry.
 */
public final class TarWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Consumer<byte[]> tweak = header -> {};
    private int mode = 0644;

    /** Changes the next header, before its checksum. */
    public TarWriter tweak(Consumer<byte[]> change) {
        tweak = change;
        return this;
    }

    /** Permission bits of the entries that follow. */
    public TarWriter mode(int bits) {
        mode = bits;
        return this;
    }

    public TarWriter file(String name, String content) {
        return file(name, content.getBytes(UTF_8));
    }

    public TarWriter file(String name, byte[] content) {
        return header('0', name, "", content.length).data(content);
    }

    public TarWriter directory(String name) {
        return header('5', name, "", 0);
    }

    public TarWriter symlink(String name, String target) {
        return header('2', name, target, 0);
    }

    public TarWriter hardlink(String name, String target) {
        return header('1', name, target, 0);
    }

    public TarWriter node(char type, String name, int major, int minor) {
        Consumer<byte[]> first = tweak;
        tweak(
                header -> {
                    octal(header, 329, 8, major);
                    octal(header, 337, 8, minor);
                    first.accept(header);
                });
        return header(type, name, "", 0);
    }

    /** A pax header for the next entry: key, value, key, value. */
    public TarWriter pax(String... keysAndValues) {
        return extension('x', records(keysAndValues));
    }

    public TarWriter globalPax(String... keysAndValues) {
        return extension('g', records(keysAndValues));
    }

    public TarWriter longName(String name) {
        return extension('L', (name + "\0").getBytes(UTF_8));
    }

    public TarWriter longLink(String name) {
        return extension('K', (name + "\0").getBytes(UTF_8));
    }

    public TarWriter extension(char type, byte[] content) {
        return header(type, "././@ext", "", content.length).data(content);
    }

    /** A header block without its data. */
    public TarWriter header(char type, String name, String link, long size) {
        byte[] header = new byte[512];
        text(header, 0, 100, name);
        octal(header, 100, 8, type == '5' ? mode | 0111 : mode);
        octal(header, 108, 8, 0);
        octal(header, 116, 8, 0);
        octal(header, 124, 12, size);
        octal(header, 136, 12, 1_000_000_000);
        header[156] = (byte) type;
        text(header, 157, 100, link);
        text(header, 257, 8, "ustar\00000");
        tweak.accept(header);
        tweak = block -> {};
        checksum(header);
        out.writeBytes(header);
        return this;
    }

    /** Bytes padded to a block. */
    public TarWriter data(byte[] content) {
        out.writeBytes(content);
        out.writeBytes(new byte[(int) (-(long) content.length & 511)]);
        return this;
    }

    public TarWriter raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** The archive with its end marker. */
    public byte[] end() {
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    /** The archive as it is so far. */
    public byte[] unended() {
        return out.toByteArray();
    }

    public static byte[] records(String... keysAndValues) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            byte[] body =
                    (" " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n").getBytes(UTF_8);
            int length = body.length + 1;
            while (String.valueOf(length).length() + body.length != length) {
                length++;
            }
            all.writeBytes(String.valueOf(length).getBytes(UTF_8));
            all.writeBytes(body);
        }
        return all.toByteArray();
    }

    public static void text(byte[] header, int offset, int length, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        Arrays.fill(header, offset, offset + length, (byte) 0);
        System.arraycopy(bytes, 0, header, offset, Math.min(bytes.length, length));
    }

    public static void octal(byte[] header, int offset, int length, long number) {
        String digits = Long.toOctalString(number);
        text(header, offset, length, "0".repeat(length - 1 - digits.length()) + digits);
    }

    /** GNU's form for numbers that octal digits cannot hold. */
    public static void base256(byte[] header, int offset, int length, long number) {
        for (int i = 0; i < length; i++) {
            int shift = 8 * (length - 1 - i);
            header[offset + i] = (byte) (shift > 56 ? number >> 63 : number >> shift);
        }
        header[offset] |= (byte) 0x80;
    }

    private static void checksum(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        byte[] digits = "%06o\0 ".formatted(sum).getBytes(ISO_8859_1);
        System.arraycopy(digits, 0, header, 148, 8);
    }
}
