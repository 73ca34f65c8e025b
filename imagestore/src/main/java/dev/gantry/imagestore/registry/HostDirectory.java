package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which hosts serve a registry, in the order in which they are asked. Read anew for every pull,
 * from the first directory that exists of {@code <host>_<port>_}, {@code <host>:<port>} and {@code
 * _default}, as containerd does: its {@code hosts.toml}, or without one its {@link
 * CertificateFiles}, for the registry's own server. Without a directory it is the registry itself,
 * over HTTPS; over plain HTTP when it is this machine.
 */
public final class HostDirectory {
    private static final int MAX_BYTES = 1 << 20;

    /** The directory of registries that have none. */
    private static final String DEFAULT = "_default";

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1\\]");

    private final Path directory;

    public HostDirectory(Path directory) {
        this.directory = directory;
    }

    /** The hosts of a registry, e.g. of {@code docker.io}; at least one. */
    public List<RegistryHost> hosts(String registry) {
        RegistryHost server = server(registry);
        for (String name : names(registry)) {
            Path own = directory.resolve(name);
            if (Files.isDirectory(own)) {
                Path file = own.resolve("hosts.toml");
                return read(file)
                        .map(text -> new HostsToml(file, registry, server).parse(text))
                        .orElseGet(() -> List.of(certified(server, own)));
            }
        }
        return List.of(server);
    }

    /** Whoever has certificates for a server of this machine means TLS, too. */
    private static RegistryHost certified(RegistryHost server, Path directory) {
        boolean own = !directory.endsWith(DEFAULT);
        return CertificateFiles.read(directory)
                .map(
                        dial ->
                                new RegistryHost(
                                        own
                                                ? URI.create("https://" + server.name() + "/v2")
                                                : server.base(),
                                        server.capabilities(),
                                        server.headers(),
                                        dial,
                                        server.namespace()))
                .orElse(server);
    }

    private static List<String> names(String registry) {
        int colon = registry.lastIndexOf(':');
        boolean port = colon > registry.lastIndexOf(']');
        return port
                ? List.of(
                        registry.substring(0, colon) + "_" + registry.substring(colon + 1) + "_",
                        registry,
                        DEFAULT)
                : List.of(registry, DEFAULT);
    }

    private static Optional<String> read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw Failure.precondition(file + " is larger than 1 MiB");
            }
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new Failure(
                    Failure.Code.FAILED_PRECONDITION,
                    "cannot read the registry configuration %s: %s".formatted(file, e.getMessage()),
                    e);
        }
    }

    /** The registry's own server when no file says otherwise. */
    static RegistryHost server(String registry) {
        String authority = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
        String scheme = isLoopback(authority) && !authority.endsWith(":443") ? "http" : "https";
        return new RegistryHost(
                URI.create(scheme + "://" + authority + "/v2"),
                EnumSet.allOf(RegistryHost.Capability.class),
                Map.of(),
                RegistryHost.Dial.SYSTEM,
                Optional.empty());
    }

    /** Whether host and port are this machine's own, by name or address; asks no resolver. */
    static boolean isLoopback(String authority) {
        int colon = authority.lastIndexOf(':');
        String host =
                colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
        return LOOPBACK.matcher(host).matches();
    }
}
