package dev.gantry.imagestore.registry;

import dev.gantry.imagestore.RegistryAccess;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    /**
     * Asks a registry's own server whether it takes credentials (distribution specification, "API
     * version check"), by its token server when it has one. UNAUTHENTICATED when it does not.
     */
    public void login(String registry, RegistryCredentials credentials) {
        ImageReference any =
                new ImageReference(registry, "login", Optional.of("latest"), Optional.empty());
        RegistryHost host =
                hosts.hosts(registry).stream()
                        .filter(one -> one.namespace().isEmpty())
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        Failure.precondition(
                                                "registry %s has only mirrors; see its hosts.toml"
                                                        .formatted(registry)));
        Request request = Request.of("GET", URI.create(host.base() + "/"));
        try (Response response =
                connection(any, Optional.of(credentials))
                        .send(host, request, new Access("", false, Set.of()))) {
            if (response.status() == 401 || response.status() == 403) {
                throw new Failure(
                        Failure.Code.UNAUTHENTICATED,
                        "registry %s does not take these credentials".formatted(registry));
            }
            if (!response.ok()) {
                throw new Failure(
                        Failure.Code.UNAVAILABLE,
                        "registry %s answers with status %d"
                                .formatted(registry, response.status()));
            }
        }
    }

    private HostConnection connection(
            ImageReference reference, Optional<RegistryCredentials> credentials) {
        return new HostConnection(
                transport, authenticator, credentialsFile, reference, credentials);
    }
}
