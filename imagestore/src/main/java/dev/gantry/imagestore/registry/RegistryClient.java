package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.RegistryAccess;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.ImageReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The client of all registries: its connections and tokens are shared by all pulls. */
public final class RegistryClient {
    private static final Duration HELPER_DEADLINE = Duration.ofSeconds(30);

    private final HostDirectory hosts;
    private final Transport transport;
    private final Authenticator authenticator;
    private final CredentialsFile credentialsFile;
    private final long uploadChunk;

    /** Without a file of credentials, without helpers and without proxies. */
    public RegistryClient(Path certsDir, Duration connectTimeout, Duration readTimeout) {
        this(
                RegistryAccess.of(certsDir)
                        .withCredentials(Path.of("/nonexistent"), Optional.empty())
                        .withTimeouts(connectTimeout, readTimeout),
                Map.of());
    }

    /** With the environment of this process; see the last. */
    public RegistryClient(RegistryAccess access) {
        this(access, System.getenv());
    }

    /**
     * @param environment that names proxies, and the path of credential helpers
     */
    public RegistryClient(RegistryAccess access, Map<String, String> environment) {
        this.hosts = new HostDirectory(access.certsDir());
        this.transport =
                new Transport(
                        access.connectTimeout(), access.readTimeout(), new Proxies(environment));
        this.authenticator = new Authenticator(new TokenSource(transport));
        this.credentialsFile =
                new CredentialsFile(
                        access.credentialsFile(),
                        new CredentialHelper(
                                access.helpersDir(),
                                environment.getOrDefault("PATH", ""),
                                HELPER_DEADLINE));
        this.uploadChunk = access.uploadChunk();
    }

    /** The repository of a reference, for one pull; asks nothing yet. */
    public Repository repository(
            ImageReference reference, Optional<RegistryCredentials> credentials) {
        return new Repository(
                connection(reference, credentials), reference, hosts.hosts(reference.registry()));
    }

    /** The repository of a reference, to push to; asks nothing yet. */
    public PushTarget pushTarget(
            ImageReference reference, Optional<RegistryCredentials> credentials) {
        return new PushTarget(
                connection(reference, credentials),
                hosts.hosts(reference.registry()),
                reference,
                uploadChunk);
    }

    private HostConnection connection(
            ImageReference reference, Optional<RegistryCredentials> credentials) {
        return new HostConnection(
                transport, authenticator, credentialsFile, reference, credentials);
    }
}
