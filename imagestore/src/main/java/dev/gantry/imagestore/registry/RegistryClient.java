package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.ImageReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The client of all registries: its connections and tokens are shared by all pulls. */
public final class RegistryClient {
    private final HostDirectory hosts;
    private final Transport transport;
    private final Authenticator authenticator;

    /**
     * @param certsDir where {@code <host>/hosts.toml} are; may be missing
     * @param readTimeout for an answer to begin, and between two pieces of it
     */
    public RegistryClient(Path certsDir, Duration connectTimeout, Duration readTimeout) {
        this.hosts = new HostDirectory(certsDir);
        this.transport = new Transport(connectTimeout, readTimeout);
        this.authenticator = new Authenticator(new TokenSource(transport));
    }

    /** The repository of a reference, for one pull; asks nothing yet. */
    public Repository repository(
            ImageReference reference, Optional<RegistryCredentials> credentials) {
        return new Repository(
                new HostConnection(transport, authenticator, reference, credentials),
                reference,
                hosts.hosts(reference.registry()));
    }
}
