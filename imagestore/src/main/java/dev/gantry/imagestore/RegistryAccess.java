package dev.gantry.imagestore;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How registries are spoken to beside what {@code hosts.toml} says.
 *
 * @param credentialsFile the {@code config.json} of Docker or the {@code auth.json} of podman that
 *     is asked for credentials when the caller gave none; may be missing
 * @param helpersDir where {@code docker-credential-*} programs are looked for before the PATH
 * @param uploadChunk bytes that are pushed with one request, so that a push goes on where a
 *     connection broke; 0 sends every blob whole
 */
public record RegistryAccess(Path credentialsFile, Optional<Path> helpersDir, long uploadChunk) {
    public static final RegistryAccess DEFAULT =
            new RegistryAccess(Path.of("/etc/gantry/config.json"), Optional.empty(), 64L << 20);

    public RegistryAccess {
        if (uploadChunk < 0) {
            throw Failure.invalid("a push cannot send chunks of " + uploadChunk + " bytes");
        }
    }
}
