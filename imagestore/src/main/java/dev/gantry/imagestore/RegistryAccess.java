package dev.gantry.imagestore;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How registries are reached and spoken to.
 *
 * @param certsDir registries' {@code <host[:port]>/hosts.toml}; may be missing
 * @param credentialsFile the {@code config.json} of Docker or the {@code auth.json} of podman that
 *     is asked for credentials when the caller gave none; may be missing
 * @param helpersDir where {@code docker-credential-*} programs are looked for before the PATH
 * @param uploadChunk bytes that are pushed with one request, so that a push goes on where a
 *     connection broke; 0 sends every blob whole
 * @param connectTimeout for a connection to a registry
 * @param readTimeout for a registry's answer to start, and between two pieces of it
 */
public record RegistryAccess(
        Path certsDir,
        Path credentialsFile,
        Optional<Path> helpersDir,
        long uploadChunk,
        Duration connectTimeout,
        Duration readTimeout) {
    /** Where credentials are when nobody says. */
    public static final Path CREDENTIALS_FILE = Path.of("/etc/gantry/config.json");

    public static final long UPLOAD_CHUNK = 64L << 20;

    public RegistryAccess {
        if (uploadChunk < 0) {
            throw Failure.invalid("a push cannot send chunks of " + uploadChunk + " bytes");
        }
    }

    /** Chunks of 64 MiB, 15 s to connect, 60 s to read. */
    public static RegistryAccess of(Path certsDir) {
        return new RegistryAccess(
                certsDir,
                CREDENTIALS_FILE,
                Optional.empty(),
                UPLOAD_CHUNK,
                Duration.ofSeconds(15),
                Duration.ofSeconds(60));
    }

    public RegistryAccess withCredentials(Path file, Optional<Path> helpers) {
        return new RegistryAccess(
                certsDir, file, helpers, uploadChunk, connectTimeout, readTimeout);
    }

    public RegistryAccess withUploadChunk(long bytes) {
        return new RegistryAccess(
                certsDir, credentialsFile, helpersDir, bytes, connectTimeout, readTimeout);
    }

    public RegistryAccess withTimeouts(Duration connect, Duration read) {
        return new RegistryAccess(
                certsDir, credentialsFile, helpersDir, uploadChunk, connect, read);
    }
}
