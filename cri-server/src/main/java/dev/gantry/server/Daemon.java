package dev.gantry.server;

import dev.gantry.engine.Rooms;
import dev.gantry.engine.RuntimeRoom;
import dev.gantry.model.Failure;
import dev.gantry.model.Observer;
import dev.gantry.proto.cri.v1.CgroupDriver;
import dev.gantry.runtime.PodRuntime;
import dev.gantry.runtime.RuntimeSettings;
import dev.gantry.server.config.Settings;
import dev.gantry.server.grpc.ContainerEvents;
import dev.gantry.server.grpc.CriServer;
import dev.gantry.server.grpc.RemoteServer;
import dev.gantry.server.grpc.RuntimeInfo;
import dev.gantry.server.grpc.Verbose;
import dev.gantry.server.grpc.v1.ContainersService;
import dev.gantry.server.grpc.v1.EventSource;
import dev.gantry.server.grpc.v1.NetworksService;
import dev.gantry.server.grpc.v1.SystemService;
import dev.gantry.server.grpc.v1.VolumesService;
import dev.gantry.server.metrics.CallMetrics;
import dev.gantry.server.metrics.EventMetrics;
import dev.gantry.server.metrics.Metrics;
import dev.gantry.server.metrics.MetricsEndpoint;
import dev.gantry.server.metrics.StateMetrics;
import dev.gantry.server.metrics.StreamingMetrics;
import dev.gantry.server.metrics.WorkMetrics;
import dev.gantry.server.streaming.StreamBackend;
import dev.gantry.server.streaming.StreamingServer;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running daemon: its locks, the rooms, the gRPC server and the metrics endpoint, opened in
 * this order and closed in the other. Closing it ends no pod.
 */
public final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** How long calls that run may go on after a stop; kubelet retries what is cut off. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Path UNIFIED = Path.of("/sys/fs/cgroup/cgroup.controllers");

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private String metricsAddress = "off";
    private String remoteAddress = "off";

    private Daemon() {}

    /** Where metrics are scraped, or "off". */
    public String metricsAddress() {
        return metricsAddress;
    }

    /** Where clients on other machines are answered, or "off". */
    public String remoteAddress() {
        return remoteAddress;
    }

    /** Opens everything; when it returns, the socket answers. On failure nothing stays open. */
    public static Daemon start(Settings settings) {
        return start(
                settings, (runtime, observer) -> Rooms.runtime(new PodRuntime(runtime, observer)));
    }

    /** As {@link #start(Settings)}, with another runtime than the kernel's. */
    public static Daemon start(
            Settings settings, BiFunction<RuntimeSettings, Observer, RuntimeRoom> pods) {
        Daemon daemon = new Daemon();
        try {
            daemon.open(settings, pods);
            return daemon;
        } catch (RuntimeException | Error e) {
            daemon.close();
            throw e;
        }
    }

    private void open(Settings settings, BiFunction<RuntimeSettings, Observer, RuntimeRoom> pods) {
        keep(DirectoryLock.hold(settings.root(), "--root"));
        keep(DirectoryLock.hold(settings.state(), "--state"));
        Metrics metrics = keep(new Metrics(Version.VERSION));
        Assembly assembly = keep(Assembly.open(settings, pods, new WorkMetrics(metrics)));
        new StateMetrics(
                metrics,
                assembly.engine()::census,
                () -> assembly.engine().images().list().size(),
                () -> assembly.engine().images().usage(),
                settings.database());
        ContainerEvents events = new ContainerEvents(assembly.engine(), settings.eventQueue());
        new EventMetrics(metrics, events::readers, events::cutOff, events::told);
        ExecutorService calls = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory());
        keep(calls::shutdownNow);
        StreamingServer streaming =
                keep(
                        StreamingServer.start(
                                settings.streaming(), StreamBackend.of(assembly.engine())));
        new StreamingMetrics(metrics, streaming::sessions);
        List<BindableService> services = services(settings, assembly, events, streaming);
        List<ServerInterceptor> outermost = List.of(new CallMetrics(metrics));
        CriServer server =
                CriServer.start(
                        settings.socket(), settings.maxMessage(), services, outermost, calls);
        keep(() -> server.stop(GRACE));
        settings.socketGroup().ifPresent(group -> CriServer.share(settings.socket(), group));
        settings.remote()
                .map(
                        remote ->
                                RemoteServer.start(
                                        remote, settings.maxMessage(), services, outermost, calls))
                .ifPresent(this::keep);
        keep(events);
        endpoint(settings, metrics)
                .ifPresent(
                        endpoint -> {
                            metricsAddress = endpoint.address().toString();
                            keep(endpoint);
                        });
    }

    private static List<BindableService> services(
            Settings settings,
            Assembly assembly,
            ContainerEvents events,
            StreamingServer streaming) {
        List<BindableService> services =
                new ArrayList<>(
                        CriServer.services(
                                assembly.engine(),
                                info(settings),
                                events,
                                streaming,
                                Clock.systemUTC()));
        services.add(
                new ContainersService(
                        assembly.engine(),
                        assembly.containers(),
                        assembly.volumes(),
                        assembly.networks(),
                        settings.peoplesLogs()));
        services.add(
                new SystemService(
                        assembly.engine(),
                        info(settings),
                        EventSource.of(assembly.engine(), assembly.containers().events()),
                        assembly.volumes()));
        services.add(new NetworksService(assembly.networks(), assembly.containers()));
        services.add(new VolumesService(assembly.volumes(), assembly.containers()));
        return services;
    }

    private void keep(RemoteServer remote) {
        remoteAddress = remote.address();
        keep(() -> remote.stop(GRACE));
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    static RuntimeInfo info(Settings settings) {
        CgroupDriver driver =
                switch (settings.cgroupDriver()) {
                    case CGROUPFS -> CgroupDriver.CGROUPFS;
                    case SYSTEMD -> CgroupDriver.SYSTEMD;
                };
        return new RuntimeInfo(
                Version.NAME, Version.VERSION, driver, () -> Verbose.json(facts(settings)));
    }

    /** What a verbose Status says of the daemon itself. */
    private static Map<String, Object> facts(Settings settings) {
        Map<String, String> versions =
                Map.of(
                        "gantry", Version.VERSION,
                        "java", Runtime.version().toString(),
                        "kernel", System.getProperty("os.version", ""));
        Map<String, String> cgroups =
                Map.of(
                        "driver", settings.cgroupDriver().toString(),
                        "parent", settings.defaultCgroupParent(),
                        "version", Files.exists(UNIFIED) ? "2" : "1");
        return Map.of(
                "settings",
                settings.effective(),
                "derived",
                settings.derived(),
                "versions",
                versions,
                "cgroup",
                cgroups);
    }

    /** An address that the operator gave must be free; the default one may be somebody else's. */
    private static Optional<MetricsEndpoint> endpoint(Settings settings, Metrics metrics) {
        try {
            return settings.metrics()
                    .map(
                            address ->
                                    MetricsEndpoint.start(
                                            address,
                                            metrics,
                                            Thread.ofVirtual().name("metrics").factory()));
        } catch (Failure e) {
            if (settings.metricsGiven()) {
                throw e;
            }
            LOG.atWarn().addKeyValue("error", e.message()).log("running without metrics");
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.atWarn().setCause(e).log("a part of the daemon did not close");
            }
        }
    }
}
