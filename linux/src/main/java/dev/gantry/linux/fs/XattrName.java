package dev.gantry.linux.fs;

import java.util.regex.Pattern;

/** The name of an extended attribute: namespace, dot, name; 255 bytes at most (xattr(7)). */
public record XattrName(PathBytes bytes) {
    private static final Pattern NAMESPACED =
            Pattern.compile("(user|trusted|security|system)\\..+", Pattern.DOTALL);

    public static final XattrName OVERLAY_OPAQUE = of("trusted.overlay.opaque");
    public static final XattrName OVERLAY_WHITEOUT = of("trusted.overlay.whiteout");

    public XattrName {
        if (bytes.length() > 255 || !NAMESPACED.matcher(bytes.toString()).matches()) {
            throw new IllegalArgumentException(
                    "xattr name \"" + bytes + "\" is not of user, trusted, security or system");
        }
    }

    public static XattrName of(String name) {
        return new XattrName(PathBytes.of(name));
    }

    byte[] terminated() {
        return bytes.terminated();
    }

    @Override
    public String toString() {
        return bytes.toString();
    }
}
