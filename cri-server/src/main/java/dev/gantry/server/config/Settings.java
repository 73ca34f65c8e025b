package dev.gantry.server.config;

import dev.gantry.engine.ContainerDefaults;
import dev.gantry.imagestore.LayerChoice;
import dev.gantry.imagestore.PullSettings;
import dev.gantry.imagestore.RegistryAccess;
import dev.gantry.imagestore.StoragePolicy;
import dev.gantry.imagestore.WritableSettings;
import dev.gantry.model.Failure;
import dev.gantry.model.LogLimits;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What gantryd runs on: the configuration with every default in place, checked as a whole. {@code
 * metrics} is empty when there is no endpoint; {@code metricsGiven} tells an address of the
 * operator's from the default one. {@code shim} is empty for the one beside gantryd. {@code
 * effective} is every key with its value in TOML's form, for people.
 */
public record Settings(
        Path root,
        Path state,
        Path socket,
        Optional<String> socketGroup,
        Path netnsDir,
        Cni cni,
        RegistryAccess registries,
        PullSettings pulls,
        StoragePolicy storage,
        LayerChoice layers,
        Path imagePolicy,
        Optional<InetSocketAddress> metrics,
        boolean metricsGiven,
        int maxMessage,
        int eventQueue,
        Streaming streaming,
        Optional<Remote> remote,
        LogLevel logLevel,
        LogFormat logFormat,
        String defaultHandler,
        Optional<Path> shim,
        CgroupDriver cgroupDriver,
        ContainerDefaults containers,
        LogLimits peoplesLogs,
        Map<String, Handler> handlers,
        Map<String, String> effective) {
    /** The name of the handler that is gantry's own launcher. */
    public static final String NATIVE = "native";

    /** The bytes that the kernel has for a socket's path, less what is appended while binding. */
    private static final int SOCKET_PATH_MAX = 106;

    /** Where CNI's configuration and plugins are, and how long one plugin call may take. */
    public record Cni(Path confDir, List<Path> binDirs, Duration deadline) {}

    /**
     * The streaming server: where it listens, how long a connection may be idle, how long a client
     * may take to open its streams.
     */
    public record Streaming(
            InetSocketAddress address, Duration idle, Duration creation, Optional<Tls> tls) {}

    /** The files of a TLS server; with a client authority, clients must show a certificate. */
    public record Tls(Path certificate, Path key, Optional<Path> clientCa) {}

    /** Where clients on other machines are answered; each must show a certificate. */
    public record Remote(InetSocketAddress address, Tls tls) {}

    /**
     * A runtime handler: {@code binary} and {@code root} matter to the OCI kind only; {@code given}
     * tells one that the operator wrote down from one that is there without a word.
     */
    public record Handler(HandlerKind kind, String binary, Path root, boolean given) {}

    /** Whether a handler is gantry's launcher or a program with runc's command line. */
    public enum HandlerKind {
        NATIVE,
        OCI;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Who makes cgroups. */
    public enum CgroupDriver {
        CGROUPFS,
        SYSTEMD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The least level that is logged. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How a log line looks. */
    public enum LogFormat {
        LOGFMT,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Settings {
        handlers = Map.copyOf(handlers);
        effective = Collections.unmodifiableMap(new TreeMap<>(effective));
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > SOCKET_PATH_MAX) {
            throw Failure.invalid(
                    "socket %s: its path has %d bytes, and the kernel takes no more than %d (one of its 107 is needed while binding): choose a shorter --state or --socket"
                            .formatted(socket, length, SOCKET_PATH_MAX));
        }
        if (root.equals(state)) {
            throw Failure.invalid("root and state are both " + root + ": they must differ");
        }
        if (!handlers.containsKey(defaultHandler)) {
            throw Failure.invalid(
                    "runtime.default-handler \"%s\" is not a configured handler: one of %s"
                            .formatted(defaultHandler, new TreeSet<>(handlers.keySet())));
        }
    }

    static Settings of(Values values) {
        Path state = values.get(Keys.STATE);
        return new Settings(
                values.get(Keys.ROOT),
                state,
                values.get(Keys.SOCKET).orElse(state.resolve("gantry.sock")),
                values.get(Keys.SOCKET_GROUP),
                values.get(Keys.NETNS_DIR),
                new Cni(
                        values.get(Keys.CNI_CONF_DIR),
                        values.get(Keys.CNI_BIN_DIRS),
                        values.get(Keys.CNI_DEADLINE)),
                RegistryAccess.of(values.get(Keys.CERTS_DIR))
                        .withCredentials(
                                values.get(Keys.CREDENTIALS_FILE),
                                values.get(Keys.CREDENTIAL_HELPERS_DIR))
                        .withUploadChunk(values.get(Keys.UPLOAD_CHUNK))
                        .withTimeouts(
                                values.get(Keys.CONNECT_TIMEOUT), values.get(Keys.READ_TIMEOUT)),
                PullKeys.settings(values),
                new StoragePolicy(
                        values.get(Keys.KEEP_BLOBS),
                        values.get(Keys.PINNED),
                        values.get(Keys.PULL_REFERRERS),
                        new WritableSettings(
                                values.get(Keys.WRITABLE_QUOTA),
                                values.get(Keys.WRITABLE_QUOTA_IDS))),
                values.get(Keys.LAYERS),
                values.get(Keys.IMAGE_POLICY),
                values.get(Keys.METRICS_ADDRESS),
                values.has(Keys.METRICS_ADDRESS),
                values.get(Keys.MAX_MESSAGE),
                values.get(Keys.EVENT_QUEUE),
                new Streaming(
                        values.get(Keys.STREAMING_ADDRESS),
                        values.get(Keys.STREAMING_IDLE_TIMEOUT),
                        values.get(Keys.STREAMING_CREATION_TIMEOUT),
                        tls(values)),
                RemoteKeys.settings(values),
                values.get(Keys.LOG_LEVEL),
                values.get(Keys.LOG_FORMAT),
                values.get(Keys.DEFAULT_HANDLER),
                values.get(Keys.SHIM),
                values.get(Keys.CGROUP_DRIVER),
                new ContainerDefaults(
                        values.get(Keys.UNPRIVILEGED_PORTS),
                        values.get(Keys.UNPRIVILEGED_ICMP),
                        values.get(Keys.DEFAULT_ULIMITS),
                        values.get(Keys.CDI_DIRS),
                        values.get(Keys.DURABLE_LAYERS)),
                PeopleKeys.logs(values),
                handlers(values, state),
                values.effective());
    }

    private static Optional<Tls> tls(Values values) {
        Optional<Path> certificate = values.get(Keys.STREAMING_TLS_CERTIFICATE);
        Optional<Path> key = values.get(Keys.STREAMING_TLS_KEY);
        Optional<Path> clientCa = values.get(Keys.STREAMING_TLS_CLIENT_CA);
        if (certificate.isEmpty() && key.isEmpty() && clientCa.isEmpty()) {
            return Optional.empty();
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            throw Failure.invalid(
                    "TLS for streaming needs both streaming.tls-certificate and streaming.tls-key");
        }
        return Optional.of(new Tls(certificate.get(), key.get(), clientCa));
    }

    private static Map<String, Handler> handlers(Values values, Path state) {
        Map<String, Handler> handlers = new TreeMap<>();
        handlers.put(NATIVE, new Handler(HandlerKind.NATIVE, "", state.resolve(NATIVE), false));
        Set<String> given = values.chosenUnder("handlers");
        Set<String> names = new TreeSet<>(given);
        names.addAll(Keys.PRESET_HANDLERS);
        for (String name : names) {
            if (name.equals(NATIVE)) {
                throw Failure.invalid(
                        "[handlers.native]: the name is gantry's own launcher; choose another");
            }
            Path root = values.get(Keys.HANDLER_ROOT, name).orElse(state.resolve(name));
            String binary = values.get(Keys.HANDLER_BINARY, name);
            handlers.put(
                    name,
                    new Handler(
                            values.get(Keys.HANDLER_KIND, name),
                            binary.isEmpty() ? name : binary,
                            root,
                            given.contains(name)));
        }
        return handlers;
    }

    /** The state database. */
    public Path database() {
        return root.resolve("gantry.db");
    }

    /** Where shims keep their sockets and exit records. */
    public Path podsDir() {
        return state.resolve("pods");
    }

    /**
     * What stands before a pod's id in the name of its network namespace: {@code gantry-}, or
     * {@code gantry-1a2b3c4d-} for a state directory that is not the default.
     */
    public String netnsPrefix() {
        return name() + "-";
    }

    /**
     * The cgroup of pods that name no parent: from the root of each hierarchy, or a slice of
     * systemd's.
     */
    public String defaultCgroupParent() {
        return switch (cgroupDriver) {
            case CGROUPFS -> "/" + name();
            case SYSTEMD -> name() + ".slice";
        };
    }

    /** Names that follow from the settings, for people. */
    public Map<String, String> derived() {
        return Map.of(
                "netns", netnsDir.resolve(netnsPrefix() + "<pod>").toString(),
                "cgroupParent", defaultCgroupParent(),
                "database", database().toString(),
                "pods", podsDir().toString());
    }

    private String name() {
        if (state.equals(Keys.STATE.preset())) {
            return "gantry";
        }
        try {
            byte[] path = state.toString().getBytes(StandardCharsets.UTF_8);
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(path);
            return "gantry-" + HexFormat.of().formatHex(sum, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw Failure.of("derive names from " + state, e);
        }
    }
}
