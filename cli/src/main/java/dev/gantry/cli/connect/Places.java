package dev.gantry.cli.connect;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a user's environment says.
 *
 * @param environment the variables
 * @param config the directory of the user's files: {@code --config}, GANTRY_CONFIG, or {@code
 *     ~/.config/gantry}
 */
public record Places(Map<String, String> environment, Path config) {
    /** Copies the variables. */
    public Places {
        environment = Map.copyOf(environment);
    }

    /** By the environment, unless a directory was given. */
    public static Places of(Map<String, String> environment, Optional<String> config) {
        String home = environment.getOrDefault("HOME", "/root");
        Path base =
                Path.of(environment.getOrDefault("XDG_CONFIG_HOME", home + "/.config"))
                        .resolve("gantry");
        return new Places(
                environment,
                config.or(() -> Optional.ofNullable(environment.get("GANTRY_CONFIG")))
                        .map(Path::of)
                        .orElse(base));
    }

    /** A variable that is set and not empty. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
