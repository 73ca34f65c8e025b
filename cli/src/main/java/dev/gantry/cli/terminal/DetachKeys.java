package dev.gantry.cli.terminal;

import com.google.protobuf.ByteString;
import dev.gantry.cli.args.UsageError;
import java.io.ByteArrayOutputStream;

/**
 * Watches what is typed for the keys that let go of a container. Keys that may yet be some are held
 * back.
 */
public final class DetachKeys {
    /** Docker's: ctrl-p and ctrl-q. */
    public static final String STANDARD = "ctrl-p,ctrl-q";

    private final byte[] keys;
    private int seen;

    private DetachKeys(byte[] keys) {
        this.keys = keys;
    }

    /** What was typed, without the keys that let go. */
    public record Typed(ByteString bytes, boolean detached) {}

    /**
     * Docker's form: letters and {@code ctrl-} with one of {@code a-z@[\]^_}, with commas between
     * them.
     */
    public static DetachKeys of(String text) {
        ByteArrayOutputStream keys = new ByteArrayOutputStream();
        for (String key : text.split(",", -1)) {
            keys.write(key(text, key));
        }
        return new DetachKeys(keys.toByteArray());
    }

    private static int key(String text, String key) {
        if (key.length() == 1 && key.charAt(0) < 128) {
            return key.charAt(0);
        }
        if (key.length() == 6 && key.startsWith("ctrl-")) {
            char c = key.charAt(5);
            if (c >= 'a' && c <= 'z') {
                return c - 'a' + 1;
            }
            if (c >= '@' && c <= '_') {
                return c - '@';
            }
        }
        throw new UsageError(
                "invalid detach keys (%s): unknown character: '%s'; write single characters and ctrl-<letter> with commas between, such as %s"
                        .formatted(text, key, STANDARD));
    }

    /** Takes what was typed. */
    public Typed typed(byte[] input, int length) {
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        for (int i = 0; i < length; i++) {
            if (input[i] == keys[seen]) {
                seen++;
                if (seen == keys.length) {
                    seen = 0;
                    return new Typed(
                            ByteString.copyFrom(passed.toByteArray()), /* detached= */ true);
                }
                continue;
            }
            passed.write(keys, 0, seen);
            seen = input[i] == keys[0] ? 1 : 0;
            if (seen == 0) {
                passed.write(input[i]);
            } else if (keys.length == 1) {
                return new Typed(ByteString.copyFrom(passed.toByteArray()), /* detached= */ true);
            }
        }
        return new Typed(ByteString.copyFrom(passed.toByteArray()), /* detached= */ false);
    }
}
