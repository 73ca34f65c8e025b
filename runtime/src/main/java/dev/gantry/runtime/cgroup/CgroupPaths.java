package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;
import java.nio.charset.StandardCharsets;

/** Paths of control groups, which come from outside: checked before anything is done with them. */
public final class CgroupPaths {
    /** As many levels as anyone needs; the kernel's own bound is that of paths. */
    private static final int MAX_DEPTH = 32;

    private static final int MAX_NAME = 255;

    private CgroupPaths() {}

    /**
     * The path with one leading slash and none at its end; INVALID_ARGUMENT when it has components
     * that the kernel does not take, or that lead elsewhere.
     */
    public static String check(String path) {
        var checked = new StringBuilder();
        int depth = 0;
        for (String name : path.split("/", -1)) {
            if (name.isEmpty()) {
                continue;
            }
            if (!isName(name) || ++depth > MAX_DEPTH) {
                throw Failure.invalid("\"" + path + "\" is not the path of a control group");
            }
            checked.append('/').append(name);
        }
        return checked.isEmpty() ? "/" : checked.toString();
    }

    private static boolean isName(String name) {
        return !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c < 0x20 || c == 0x7f)
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME;
    }
}
