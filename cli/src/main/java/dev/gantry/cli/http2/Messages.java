package dev.gantry.cli.http2;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;

/**
 * gRPC's framing of messages: one byte that says whether it is compressed, four of length, the
 * message.
 */
final class Messages {
    private static final int PREFIX = 5;

    /** More than any message of the daemon; what claims more is no gRPC. */
    private static final int LARGEST = 256 << 20;

    private final Queue<byte[]> whole = new ArrayDeque<>();
    private byte[] part = new byte[0];
    private int length;

    static byte[] frame(InputStream message) throws IOException {
        ByteArrayOutputStream out =
                new ByteArrayOutputStream(Math.max(32, message.available() + PREFIX));
        out.write(new byte[PREFIX]);
        message.transferTo(out);
        byte[] framed = out.toByteArray();
        int size = framed.length - PREFIX;
        framed[1] = (byte) (size >> 24);
        framed[2] = (byte) (size >> 16);
        framed[3] = (byte) (size >> 8);
        framed[4] = (byte) size;
        return framed;
    }

    /** Takes bytes in; returns what is wrong with them, if anything. */
    Optional<String> add(byte[] bytes) {
        if (length + bytes.length > part.length) {
            part = Arrays.copyOf(part, Math.max(length + bytes.length, part.length * 2));
        }
        System.arraycopy(bytes, 0, part, length, bytes.length);
        length += bytes.length;
        int from = 0;
        while (length - from >= PREFIX) {
            int size =
                    ((part[from + 1] & 0xff) << 24)
                            | ((part[from + 2] & 0xff) << 16)
                            | ((part[from + 3] & 0xff) << 8)
                            | (part[from + 4] & 0xff);
            if (part[from] != 0) {
                return Optional.of("a compressed message, which was not asked for");
            }
            if (size < 0 || size > LARGEST) {
                return Optional.of("a message of " + Integer.toUnsignedLong(size) + " bytes");
            }
            if (length - from - PREFIX < size) {
                break;
            }
            whole.add(Arrays.copyOfRange(part, from + PREFIX, from + PREFIX + size));
            from += PREFIX + size;
        }
        if (from > 0) {
            System.arraycopy(part, from, part, 0, length - from);
            length -= from;
        }
        return Optional.empty();
    }

    boolean isEmpty() {
        return whole.isEmpty();
    }

    byte[] take() {
        return whole.remove();
    }
}
