package dev.gantry.model;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Identifiers of pods and containers: 64 lower-case hex digits, random, so always safe as a file or
 * cgroup name.
 */
public final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern VALID = Pattern.compile("[0-9a-f]{64}");

    private Ids() {}

    public static String random() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /**
     * Returns the id, or INVALID_ARGUMENT when it is not one; for what comes from outside and
     * becomes part of a path.
     */
    public static String check(String id) {
        if (!VALID.matcher(id).matches()) {
            throw Failure.invalid("\"" + id + "\" is not an id of 64 lower-case hex digits");
        }
        return id;
    }
}
