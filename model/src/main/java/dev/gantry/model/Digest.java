package dev.gantry.model;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A content digest, {@code algorithm:hex} (OCI image specification, descriptor, "Digests"). Only
 * sha256 and sha512 exist; the hex is lower case and of the algorithm's length, so a Digest is
 * always safe as a file name.
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SHA512 = Pattern.compile("[0-9a-f]{128}");

    public Digest {
        boolean valid =
                switch (algorithm) {
                    case "sha256" -> SHA256.matcher(hex).matches();
                    case "sha512" -> SHA512.matcher(hex).matches();
                    default -> false;
                };
        if (!valid) {
            throw Failure.invalid(
                    "digest \"%s:%s\" is not sha256 or sha512 followed by its lower-case hex"
                            .formatted(algorithm, hex));
        }
    }

    /** Parses {@code algorithm:hex}; anything else is INVALID_ARGUMENT. */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw Failure.invalid(
                    "digest \"" + text + "\" has no algorithm; expected sha256:<64 hex digits>");
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    public static Digest sha256(byte[] sum) {
        return new Digest("sha256", java.util.HexFormat.of().formatHex(sum));
    }

    /** The JCA name of the algorithm, e.g. {@code SHA-256}. */
    public String jcaName() {
        return "SHA-" + algorithm.substring(3).toUpperCase(Locale.ROOT);
    }

    @Override
    public int compareTo(Digest other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }
}
