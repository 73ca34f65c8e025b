package dev.gantry.server.config;

import dev.gantry.engine.ContainerDefaults;
import dev.gantry.engine.DurableLayers;
import dev.gantry.imagestore.ImageStoreSettings;
import dev.gantry.imagestore.LayerChoice;
import dev.gantry.imagestore.ProjectRange;
import dev.gantry.imagestore.RegistryAccess;
import dev.gantry.imagestore.StoragePolicy;
import dev.gantry.imagestore.WritableQuota;
import dev.gantry.imagestore.WritableSettings;
import dev.gantry.runtime.oci.OciRlimit;
import dev.gantry.server.config.Settings.CgroupDriver;
import dev.gantry.server.config.Settings.HandlerKind;
import dev.gantry.server.config.Settings.LogFormat;
import dev.gantry.server.config.Settings.LogLevel;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every key of the configuration file, in the order of the documented example. */
final class Keys {
    static final Key<Path> ROOT =
            new Key<>(
                    "root",
                    Types.path(),
                    Path.of("/var/lib/gantry"),
                    "What outlives a reboot: the state database, image content, unpacked layers,"
                            + " containers' writable layers. Must be on a file system that can hold the"
                            + " upper directory of an overlay (ext4, xfs, btrfs), not on an overlay.");
    static final Key<Path> STATE =
            new Key<>(
                    "state",
                    Types.path(),
                    Path.of("/run/gantry"),
                    "What a reboot may forget: the shims' sockets and exit records. Must be on a tmpfs"
                            + " or be emptied at boot. With another directory than this default, the names"
                            + " of network namespaces and of the default cgroup are derived from it, so"
                            + " that daemons side by side leave each other alone.");
    static final Key<Optional<Path>> SOCKET =
            new Key<>(
                    "socket",
                    Types.optionalPath(),
                    Optional.empty(),
                    "The UNIX socket that answers kubelet and crictl, mode 0660. Empty:"
                            + " gantry.sock in the state directory.");
    static final Key<Optional<String>> SOCKET_GROUP =
            new Key<>(
                    "socket-group",
                    Types.optionalName(),
                    Optional.empty(),
                    "The group that the socket is given to; whoever is in it is root on this node by"
                            + " what the daemon does for him. Empty: root's.");
    static final Key<Path> NETNS_DIR =
            new Key<>(
                    "netns-dir",
                    Types.path(),
                    Path.of("/run/netns"),
                    "Where pods' network namespaces are pinned; CNI plugins and ip-netns(8) expect them"
                            + " here.");
    static final Key<Path> CNI_CONF_DIR =
            new Key<>(
                    "cni.conf-dir",
                    Types.path(),
                    Path.of("/etc/cni/net.d"),
                    "Network configuration lists (*.conflist). The first in lexical order is used; a"
                            + " change is seen without a restart.");
    static final Key<List<Path>> CNI_BIN_DIRS =
            new Key<>(
                    "cni.bin-dirs",
                    Types.paths(),
                    List.of(Path.of("/opt/cni/bin"), Path.of("/usr/lib/cni")),
                    "Where plugins are looked for, in this order.");
    static final Key<Duration> CNI_DEADLINE =
            new Key<>(
                    "cni.deadline",
                    Types.duration(),
                    Duration.ofSeconds(60),
                    "How long one call of one plugin may take before it is killed and the call fails.");
    static final Key<Path> CERTS_DIR =
            new Key<>(
                    "registry.certs-dir",
                    Types.path(),
                    Path.of("/etc/gantry/certs.d"),
                    "Mirrors and certificates, one directory a registry with a hosts.toml in it"
                            + " (containerd's form), or certificates alone (docker's form); read at"
                            + " each pull.");
    static final Key<Path> CREDENTIALS_FILE =
            new Key<>(
                    "registry.credentials-file",
                    Types.path(),
                    RegistryAccess.CREDENTIALS_FILE,
                    "Credentials for pulls and pushes that come with none: the config.json of docker or"
                            + " the auth.json of podman. It is read anew when it changes.");
    static final Key<Optional<Path>> CREDENTIAL_HELPERS_DIR =
            new Key<>(
                    "registry.credential-helpers-dir",
                    Types.optionalPath(),
                    Optional.empty(),
                    "Where the docker-credential-* programs that the credentials file names are looked"
                            + " for before the daemon's PATH.");
    static final Key<Integer> UPLOAD_CHUNK =
            new Key<>(
                    "registry.upload-chunk",
                    Types.size(0, 1 << 30),
                    Math.toIntExact(RegistryAccess.UPLOAD_CHUNK),
                    "How much of a layer is pushed with one request; after a broken connection a push"
                            + " goes on with the piece that broke. \"0B\": every layer whole.");
    static final Key<Duration> CONNECT_TIMEOUT =
            new Key<>(
                    "registry.connect-timeout",
                    Types.duration(),
                    Duration.ofSeconds(15),
                    "How long a registry may take to accept a connection; dial_timeout of a hosts.toml"
                            + " goes before it.");
    static final Key<Duration> READ_TIMEOUT =
            new Key<>(
                    "registry.read-timeout",
                    Types.duration(),
                    Duration.ofSeconds(60),
                    "How long a registry may take to begin its answer, and be silent within it.");
    static final Key<Boolean> KEEP_BLOBS =
            new Key<>(
                    "images.keep-blobs",
                    Types.flag(),
                    StoragePolicy.DEFAULT.keepBlobs(),
                    "Whether layers stay as they were downloaded once they are unpacked. If not, images"
                            + " take about a quarter less of the disk, and what a push or an archive"
                            + " needs is fetched again.");
    static final Key<List<String>> PINNED =
            new Key<>(
                    "images.pinned",
                    Types.texts(),
                    StoragePolicy.DEFAULT.pinned(),
                    "Images that kubelet is told never to collect, as \"registry.k8s.io/pause:*\"; a star"
                            + " stands for any text.");
    static final Key<LayerChoice> LAYERS =
            new Key<>(
                    "images.layers",
                    Types.choice(LayerChoice.class),
                    LayerChoice.AUTO,
                    "How new layers lie on disk: \"erofs\" (one image file a layer, written in one go and"
                            + " mounted by the kernel; Linux 6.12 or newer), \"directory\" (file by"
                            + " file; every kernel) or \"auto\" (images where the kernel can use them)."
                            + " \"erofs-attached\" is \"erofs\" with mounts as Linux 6.12 to 6.14 need"
                            + " them, on any kernel. Layers that are there keep their form.");
    static final Key<Boolean> PULL_REFERRERS =
            new Key<>(
                    "images.pull-referrers",
                    Types.flag(),
                    StoragePolicy.DEFAULT.referrers(),
                    "Whether what refers to an image (signatures, SBOMs, attestations) is pulled and"
                            + " kept with it. A pull does not fail for it.");
    static final Key<Path> IMAGE_POLICY =
            new Key<>(
                    "images.policy-file",
                    Types.path(),
                    ImageStoreSettings.POLICY_FILE,
                    "Which images may be pulled, and who must have signed them; read anew when it"
                            + " changes. Without the file all may be.");
    static final Key<WritableQuota> WRITABLE_QUOTA =
            new Key<>(
                    "images.writable-quota",
                    Types.quota(),
                    WritableSettings.DEFAULT.quota(),
                    "How much a container may write to its root file system, as \"10GiB\"; empty: as much"
                            + " as there is room for. Needs an ext4 or xfs with project quotas (mount option"
                            + " prjquota); the daemon does not start with a limit that cannot be kept. A"
                            + " pod's annotation dev.gantry.writable-quota stands above it.");
    static final Key<ProjectRange> WRITABLE_QUOTA_IDS =
            new Key<>(
                    "images.writable-quota-ids",
                    Types.projects(),
                    WritableSettings.DEFAULT.projects(),
                    "The project ids that are this daemon's to give to containers. Those in /etc/projects"
                            + " and /etc/projid, and those in use on the file system, are left alone.");
    static final Key<DurableLayers> DURABLE_LAYERS =
            new Key<>(
                    "images.durable-writable-layers",
                    Types.choice(DurableLayers.class),
                    ContainerDefaults.STANDARD.durable(),
                    "Whose root file systems keep over a reboot what was synced to them: \"local\" (those"
                            + " of the scope local; kubelet makes its pods anew after a reboot), \"all\" or"
                            + " \"none\". Those of others never wait for the disk.");
    static final Key<Optional<InetSocketAddress>> METRICS_ADDRESS =
            new Key<>(
                    "metrics.address",
                    Types.optionalAddress(),
                    Optional.of(InetSocketAddress.createUnresolved("127.0.0.1", 9155)),
                    "Where Prometheus scrapes /metrics over HTTP, without authentication. Empty: off."
                            + " When this default is taken by somebody else the daemon says so and runs"
                            + " without; an address given here must be free.");
    static final Key<String> DEFAULT_HANDLER =
            new Key<>(
                    "runtime.default-handler",
                    Types.name(),
                    Settings.NATIVE,
                    "The handler of pods that name none: \"native\" (gantry's own launcher) or one of"
                            + " [handlers].");
    static final Key<Optional<Path>> SHIM =
            new Key<>(
                    "runtime.shim",
                    Types.optionalPath(),
                    Optional.empty(),
                    "The gantry-shim program. Empty: the one beside gantryd.");
    static final Key<CgroupDriver> CGROUP_DRIVER =
            new Key<>(
                    "runtime.cgroup-driver",
                    Types.choice(CgroupDriver.class),
                    CgroupDriver.CGROUPFS,
                    "Who makes the pods' cgroups: \"cgroupfs\" (gantryd itself) or \"systemd\" (a scope a pod,"
                            + " over D-Bus; the better choice where systemd is init). kubelet asks for it"
                            + " and follows.");
    static final Key<Boolean> UNPRIVILEGED_PORTS =
            new Key<>(
                    "runtime.unprivileged-ports",
                    Types.flag(),
                    ContainerDefaults.STANDARD.unprivilegedPorts(),
                    "Whether any user of a pod with its own network may bind ports below 1024"
                            + " (net.ipv4.ip_unprivileged_port_start=0).");
    static final Key<Boolean> UNPRIVILEGED_ICMP =
            new Key<>(
                    "runtime.unprivileged-icmp",
                    Types.flag(),
                    ContainerDefaults.STANDARD.unprivilegedIcmp(),
                    "Whether any user of a pod with its own network may send pings without a"
                            + " capability (net.ipv4.ping_group_range).");
    static final Key<List<OciRlimit>> DEFAULT_ULIMITS =
            new Key<>(
                    "runtime.default-ulimits",
                    new Ulimits(),
                    ContainerDefaults.STANDARD.rlimits(),
                    "Resource limits of every container, soft and hard, as \"nofile=1024:524288\" or"
                            + " \"core=unlimited\". Those not named are the daemon's own. A hard limit"
                            + " above the daemon's needs CAP_SYS_RESOURCE.");
    static final Key<List<Path>> CDI_DIRS =
            new Key<>(
                    "runtime.cdi-dirs",
                    Types.paths(),
                    ContainerDefaults.STANDARD.cdiDirectories(),
                    "Where CDI specifications (*.json, *.yaml) are; a later directory wins over an"
                            + " earlier one. A change is seen without a restart.");
    static final Key<Integer> MAX_MESSAGE =
            new Key<>(
                    "grpc.max-message",
                    Types.size(4 << 20, 256 << 20),
                    16 << 20,
                    "The largest gRPC message, either way. kubelet and crictl take 16MiB.");
    static final Key<Integer> EVENT_QUEUE =
            new Key<>(
                    "grpc.event-queue",
                    Types.number(16, 1 << 20),
                    4096,
                    "How many container events may wait for one slow reader of GetContainerEvents"
                            + " before its stream ends, with an error that tells it to list anew.");
    static final Key<InetSocketAddress> STREAMING_ADDRESS =
            new Key<>(
                    "streaming.address",
                    Types.address(),
                    InetSocketAddress.createUnresolved("127.0.0.1", 0),
                    "Where exec, attach and port-forward are served to kubelet and crictl; the host of"
                            + " the URLs they are given. Port 0: one that is free. Keep it on loopback"
                            + " unless TLS with a client authority is set.");
    static final Key<Duration> STREAMING_IDLE_TIMEOUT =
            new Key<>(
                    "streaming.idle-timeout",
                    Types.duration(),
                    Duration.ofHours(4),
                    "How long a streaming connection may carry nothing in either direction before it is"
                            + " closed.");
    static final Key<Duration> STREAMING_CREATION_TIMEOUT =
            new Key<>(
                    "streaming.creation-timeout",
                    Types.duration(),
                    Duration.ofSeconds(30),
                    "How long a client may take to send its request, and then to open the streams it"
                            + " asked for.");
    static final Key<Optional<Path>> STREAMING_TLS_CERTIFICATE =
            new Key<>(
                    "streaming.tls-certificate",
                    Types.optionalPath(),
                    Optional.empty(),
                    "Certificate chain (PEM) of the streaming server, with tls-key. It is read anew when"
                            + " it changes. Empty: plain HTTP.");
    static final Key<Optional<Path>> STREAMING_TLS_KEY =
            new Key<>(
                    "streaming.tls-key",
                    Types.optionalPath(),
                    Optional.empty(),
                    "Private key (PEM, PKCS#8) of the certificate.");
    static final Key<Optional<Path>> STREAMING_TLS_CLIENT_CA =
            new Key<>(
                    "streaming.tls-client-ca",
                    Types.optionalPath(),
                    Optional.empty(),
                    "Authorities (PEM) of clients' certificates. When set, a client without one of"
                            + " theirs is turned away.");
    static final Key<LogLevel> LOG_LEVEL =
            new Key<>(
                    "log.level",
                    Types.choice(LogLevel.class),
                    LogLevel.INFO,
                    "The least level that is written to standard error: \"error\", \"warn\", \"info\" or"
                            + " \"debug\" (each gRPC call).");
    static final Key<LogFormat> LOG_FORMAT =
            new Key<>(
                    "log.format",
                    Types.choice(LogFormat.class),
                    LogFormat.LOGFMT,
                    "\"logfmt\" (key=value) or \"json\", one line an event either way.");
    static final Key<HandlerKind> HANDLER_KIND =
            new Key<>(
                    "handlers.*.kind",
                    Types.choice(HandlerKind.class),
                    HandlerKind.OCI,
                    "\"oci\" drives a program with runc's command line; \"native\" is gantry's own"
                            + " launcher under another name.");
    static final Key<String> HANDLER_BINARY =
            new Key<>(
                    "handlers.*.binary",
                    Types.program(),
                    "",
                    "The program, as a name to find in PATH or as an absolute path. Empty: the"
                            + " handler's name.");
    static final Key<Optional<Path>> HANDLER_ROOT =
            new Key<>(
                    "handlers.*.root",
                    Types.optionalPath(),
                    Optional.empty(),
                    "The program's own state directory (its --root). Empty: a directory with the"
                            + " handler's name in the state directory.");

    /** The handlers that are there without a line of configuration. */
    static final List<String> PRESET_HANDLERS = List.of("runc");

    private static final List<Key<?>> BEFORE_PULLS =
            List.of(
                    ROOT,
                    STATE,
                    SOCKET,
                    SOCKET_GROUP,
                    NETNS_DIR,
                    CNI_CONF_DIR,
                    CNI_BIN_DIRS,
                    CNI_DEADLINE,
                    CERTS_DIR,
                    CREDENTIALS_FILE,
                    CREDENTIAL_HELPERS_DIR,
                    UPLOAD_CHUNK,
                    CONNECT_TIMEOUT,
                    READ_TIMEOUT);

    private static final List<Key<?>> AFTER_PULLS =
            List.of(
                    KEEP_BLOBS,
                    PINNED,
                    LAYERS,
                    PULL_REFERRERS,
                    IMAGE_POLICY,
                    WRITABLE_QUOTA,
                    WRITABLE_QUOTA_IDS,
                    DURABLE_LAYERS,
                    METRICS_ADDRESS,
                    STREAMING_ADDRESS,
                    STREAMING_IDLE_TIMEOUT,
                    STREAMING_CREATION_TIMEOUT,
                    STREAMING_TLS_CERTIFICATE,
                    STREAMING_TLS_KEY,
                    STREAMING_TLS_CLIENT_CA);

    private static final List<Key<?>> LAST =
            List.of(
                    MAX_MESSAGE,
                    EVENT_QUEUE,
                    LOG_LEVEL,
                    LOG_FORMAT,
                    DEFAULT_HANDLER,
                    SHIM,
                    CGROUP_DRIVER,
                    UNPRIVILEGED_PORTS,
                    UNPRIVILEGED_ICMP,
                    DEFAULT_ULIMITS,
                    CDI_DIRS,
                    HANDLER_KIND,
                    HANDLER_BINARY,
                    HANDLER_ROOT);

    static final List<Key<?>> ALL =
            Stream.of(BEFORE_PULLS, PullKeys.ALL, AFTER_PULLS, RemoteKeys.ALL, PeopleKeys.ALL, LAST)
                    .flatMap(List::stream)
                    .toList();

    private Keys() {}
}
