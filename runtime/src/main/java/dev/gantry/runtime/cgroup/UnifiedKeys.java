package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keys of control groups version 2 that a caller may set (CRI and OCI {@code unified}): files of
 * controllers, as {@code memory.high}. Of the core's own files only bounds can be set: the others
 * move and kill processes.
 */
public final class UnifiedKeys {
    private static final Pattern KEY =
            Pattern.compile("[a-z][a-z0-9_]{0,31}(\\.[A-Za-z0-9_]{1,64}){1,4}");
    private static final Set<String> CORE = Set.of("cgroup.max.depth", "cgroup.max.descendants");
    private static final int MAX_VALUE = 4096;
    private static final int MAX_KEYS = 128;

    private UnifiedKeys() {}

    /** INVALID_ARGUMENT names the key that is none. */
    public static void check(Map<String, String> unified) {
        if (unified.size() > MAX_KEYS) {
            throw Failure.invalid(
                    "unified has %d keys, more than %d".formatted(unified.size(), MAX_KEYS));
        }
        unified.forEach(UnifiedKeys::check);
    }

    private static void check(String key, String value) {
        boolean core = key.startsWith("cgroup.") && !CORE.contains(key);
        if (!KEY.matcher(key).matches() || core) {
            throw Failure.invalid(
                    "unified key \"%s\" is not a setting of control groups version 2 such as memory.high"
                            .formatted(key));
        }
        boolean text = value.chars().allMatch(c -> c == '\n' || (c >= 0x20 && c < 0x7f));
        if (value.isEmpty() || value.length() > MAX_VALUE || !text) {
            throw Failure.invalid(
                    "the value of unified key \"%s\" is empty, too long or not plain text"
                            .formatted(key));
        }
    }

    /** The controller that a key belongs to. */
    static String controller(String key) {
        return key.substring(0, key.indexOf('.'));
    }
}
