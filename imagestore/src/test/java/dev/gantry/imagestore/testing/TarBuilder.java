package dev.gantry.imagestore.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a tar archive in the ustar format, entry by entry; says what it is told, valid or not. */
public final class TarBuilder {
    private static final int BLOCK = 512;
    private static final long TIME = 1_700_000_000L;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public TarBuilder file(String name, String content) {
        return file(name, 0644, content.getBytes(StandardCharsets.UTF_8));
    }

    public TarBuilder file(String name, int mode, byte[] content) {
        return entry(name, '0', mode, "", 0, 0, content);
    }

    public TarBuilder directory(String name, int mode) {
        return directory(name, mode, 0, 0);
    }

    public TarBuilder directory(String name, int mode, int uid, int gid) {
        return entry(name.endsWith("/") ? name : name + "/", '5', mode, "", uid, gid, new byte[0]);
    }

    public TarBuilder symlink(String name, String target) {
        return entry(name, '2', 0777, target, 0, 0, new byte[0]);
    }

    public TarBuilder hardlink(String name, String target) {
        return entry(name, '1', 0644, target, 0, 0, new byte[0]);
    }

    /** An entry of any type; name and link target of up to 100 bytes. */
    public TarBuilder entry(
            String name, char type, int mode, String link, int uid, int gid, byte[] content) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "%07o".formatted(mode));
        put(header, 108, "%07o".formatted(uid));
        put(header, 116, "%07o".formatted(gid));
        put(header, 124, "%011o".formatted(content.length));
        put(header, 136, "%011o".formatted(TIME));
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        out.writeBytes(header);
        out.writeBytes(content);
        out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        return this;
    }

    /** The archive with its end marker. */
    public byte[] build() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[2 * BLOCK]);
        return whole.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
