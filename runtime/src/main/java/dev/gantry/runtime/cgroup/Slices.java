package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;

/** Names of systemd's slices and scopes (systemd.slice(5)), and where their groups lie. */
public final class Slices {
    private static final String SLICE = ".slice";
    private static final String SCOPE = ".scope";

    /** systemd's bound of a unit's name. */
    private static final int MAX_NAME = 255;

    private Slices() {}

    /** Whether the last component is a slice's name. */
    public static boolean isSlice(String path) {
        return base(path).endsWith(SLICE);
    }

    /** The unit of a pod. */
    public static String scope(String podId) {
        return "gantry-" + podId + SCOPE;
    }

    /** Whether a control group is that of a pod's scope. */
    static boolean isScope(String path) {
        String name = base(path);
        return name.startsWith("gantry-") && name.endsWith(SCOPE);
    }

    static String base(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The name of the slice that a unit's group lies in. */
    static String parent(String path) {
        String above = path.substring(0, path.lastIndexOf('/'));
        return above.isEmpty() ? "-.slice" : base(above);
    }

    /**
     * Where a slice's group lies: {@code a-b.slice} is in {@code /a.slice/a-b.slice}, {@code
     * -.slice} in {@code /}. A whole path must be the one that follows from the name.
     */
    public static String expand(String slice) {
        String name = base(slice);
        check(name, slice);
        if (name.equals("-.slice")) {
            return "/";
        }
        String stem = name.substring(0, name.length() - SLICE.length());
        var path = new StringBuilder();
        for (int dash = stem.indexOf('-'); dash >= 0; dash = stem.indexOf('-', dash + 1)) {
            path.append('/').append(stem, 0, dash).append(SLICE);
        }
        path.append('/').append(name);
        String whole = path.toString();
        if (slice.indexOf('/') >= 0 && !CgroupPaths.check(slice).equals(whole)) {
            throw Failure.invalid(
                    "cgroup parent \"%s\" is not where systemd has the slice %s: that is %s"
                            .formatted(slice, name, whole));
        }
        return whole;
    }

    private static void check(String name, String given) {
        String stem = name.substring(0, Math.max(0, name.length() - SLICE.length()));
        boolean root = stem.equals("-");
        boolean plain =
                stem.matches("[A-Za-z0-9:_.\\\\-]+")
                        && !stem.startsWith("-")
                        && !stem.endsWith("-")
                        && !stem.contains("--");
        if (!name.endsWith(SLICE) || name.length() > MAX_NAME || (!root && !plain)) {
            throw Failure.invalid("\"" + given + "\" is not a slice of systemd (NAME.slice)");
        }
    }
}
