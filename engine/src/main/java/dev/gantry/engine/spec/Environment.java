package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerConfig.EnvVar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A container's environment: the image's, then what the container adds or replaces. PATH, HOSTNAME,
 * HOME and, with a terminal, TERM have values when nobody gives them.
 */
public final class Environment {
    private static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final String HOME = "HOME";

    private Environment() {}

    /** Whether the image or the container itself says what HOME is. */
    public static boolean saysHome(List<String> image, List<EnvVar> container) {
        return image.stream().anyMatch(entry -> entry.startsWith(HOME + "="))
                || container.stream().anyMatch(variable -> variable.name().equals(HOME));
    }

    static List<String> merge(
            List<String> image,
            List<EnvVar> container,
            String hostname,
            String home,
            boolean terminal) {
        Map<String, String> merged = new LinkedHashMap<>();
        merged.put("PATH", PATH);
        if (!hostname.isEmpty()) {
            merged.put("HOSTNAME", hostname);
        }
        if (!home.isEmpty()) {
            merged.put(HOME, home);
        }
        if (terminal) {
            merged.put("TERM", "xterm");
        }
        for (String entry : image) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                merged.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        container.forEach(variable -> merged.put(variable.name(), variable.value()));
        return merged.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }
}
