package dev.gantry.linux.fs;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of unknown origin as one line of text that is safe in a log. */
public final class Printable {
    private static final int SHOWN = 200;

    private Printable() {}

    /**
     * UTF-8 as it is, everything else and all control characters as {@code \xNN}; cut at 200 bytes.
     */
    public static String of(byte[] bytes) {
        byte[] shown = bytes.length > SHOWN ? Arrays.copyOf(bytes, SHOWN) : bytes;
        String tail = bytes.length > SHOWN ? "… (" + bytes.length + " bytes)" : "";
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(shown)).toString();
            if (text.codePoints().noneMatch(Printable::isUnsafe)) {
                return text + tail;
            }
        } catch (CharacterCodingException e) {
            return escaped(shown) + tail;
        }
        return escaped(shown) + tail;
    }

    private static boolean isUnsafe(int codePoint) {
        int type = Character.getType(codePoint);
        return Character.isISOControl(codePoint)
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    private static String escaped(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            if (b >= 0x20 && b < 0x7f && b != '\\') {
                text.append((char) b);
            } else {
                text.append("\\x%02x".formatted(b & 0xff));
            }
        }
        return text.toString();
    }
}
