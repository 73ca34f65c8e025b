package dev.gantry.server;

import dev.gantry.model.Failure;
import dev.gantry.runtime.HandlerConfig;
import dev.gantry.server.config.Settings;
import dev.gantry.server.config.Settings.Handler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the programs that run containers: the shim, and those of the OCI handlers. */
final class Handlers {
    private Handlers() {}

    /** The configured shim, or the one in the tree that gantryd was started from. */
    static Path shim(Settings settings) {
        return settings.shim()
                .or(
                        () ->
                                Optional.ofNullable(System.getProperty("gantry.home"))
                                        .map(home -> Path.of(home, "bin", "gantry-shim")))
                .orElseThrow(
                        () ->
                                Failure.precondition(
                                        "gantryd was not started by its bin/gantryd, so it cannot"
                                                + " find gantry-shim: set runtime.shim"));
    }

    /**
     * The handlers by name; the empty name is the default one. A handler that nobody asked for and
     * whose program is not installed is left out; one that is configured must be there.
     */
    static Map<String, HandlerConfig> of(Settings settings) {
        return of(settings, System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    }

    static Map<String, HandlerConfig> of(Settings settings, String searchPath) {
        Map<String, HandlerConfig> all = new TreeMap<>();
        settings.handlers()
                .forEach(
                        (name, handler) -> {
                            boolean needed =
                                    handler.given() || name.equals(settings.defaultHandler());
                            config(name, handler, searchPath, needed)
                                    .ifPresent(config -> all.put(name, config));
                        });
        HandlerConfig preset = all.get(settings.defaultHandler());
        if (preset != null) {
            all.put("", preset);
        }
        return all;
    }

    private static Optional<HandlerConfig> config(
            String name, Handler handler, String searchPath, boolean needed) {
        return switch (handler.kind()) {
            case NATIVE -> Optional.of(new HandlerConfig.Native());
            case OCI -> {
                Optional<Path> program = find(handler.binary(), searchPath);
                if (program.isEmpty() && needed) {
                    throw Failure.precondition(
                            "runtime handler %s: %s is not installed (looked in %s): install it, or"
                                            .formatted(name, handler.binary(), searchPath)
                                    + " set handlers."
                                    + name
                                    + ".binary");
                }
                yield program.map(p -> new HandlerConfig.Oci(p, handler.root()));
            }
        };
    }

    private static Optional<Path> find(String program, String searchPath) {
        if (program.startsWith("/")) {
            return Optional.of(Path.of(program)).filter(Files::isExecutable);
        }
        for (String directory : searchPath.split(":", -1)) {
            Path candidate = Path.of(directory.isEmpty() ? "." : directory, program);
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return Optional.of(candidate.toAbsolutePath());
            }
        }
        return Optional.empty();
    }
}
