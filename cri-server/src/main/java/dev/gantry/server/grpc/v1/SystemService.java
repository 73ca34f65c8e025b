package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.Engine;
import dev.gantry.engine.PodFilter;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageUsage;
import dev.gantry.local.volumes.VolumeStore;
import dev.gantry.model.Digest;
import dev.gantry.model.Platform;
import dev.gantry.model.Scope;
import dev.gantry.proto.v1.DiskUsage;
import dev.gantry.proto.v1.DiskUsageRequest;
import dev.gantry.proto.v1.DiskUsageResponse;
import dev.gantry.proto.v1.InfoRequest;
import dev.gantry.proto.v1.InfoResponse;
import dev.gantry.proto.v1.SystemGrpc;
import dev.gantry.proto.v1.VersionRequest;
import dev.gantry.proto.v1.VersionResponse;
import dev.gantry.server.grpc.Bindings;
import dev.gantry.server.grpc.RuntimeInfo;
import dev.gantry.server.grpc.Scopes;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code gantry.v1.System}: the daemon as people see it. */
public final class SystemService implements BindableService {
    private static final String API_VERSION = "1.0";
    private static final Path UNIFIED = Path.of("/sys/fs/cgroup/cgroup.controllers");
    private static final Path SECCOMP = Path.of("/proc/sys/kernel/seccomp");
    private static final Path APPARMOR = Path.of("/sys/kernel/security/apparmor");
    private static final Path SELINUX = Path.of("/sys/fs/selinux/enforce");

    private final Engine engine;
    private final RuntimeInfo info;
    private final EventsCall events;
    private final VolumeStore volumes;

    public SystemService(Engine engine, RuntimeInfo info, EventSource source, VolumeStore volumes) {
        this.engine = engine;
        this.info = info;
        this.volumes = volumes;
        this.events = new EventsCall(source);
    }

    @Override
    public ServerServiceDefinition bindService() {
        return new Bindings(SystemGrpc.getServiceDescriptor())
                .unary(SystemGrpc.getVersionMethod(), this::version)
                .unary(SystemGrpc.getInfoMethod(), this::info)
                .unary(SystemGrpc.getDiskUsageMethod(), this::diskUsage)
                .streaming(
                        SystemGrpc.getEventsMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "events", answer -> events.run(request, answer)))
                .build();
    }

    private VersionResponse version(VersionRequest request) {
        Platform host = Platform.host();
        return VersionResponse.newBuilder()
                .setVersion(info.version())
                .setApiVersion(API_VERSION)
                .setOs(host.os())
                .setArchitecture(host.architecture())
                .setKernel(System.getProperty("os.version", ""))
                .setJava(Runtime.version().toString())
                .build();
    }

    private InfoResponse info(InfoRequest request) {
        List<Container> containers = containers(Scopes.current());
        int running = running(containers);
        return InfoResponse.newBuilder()
                .setVersion(version(VersionRequest.getDefaultInstance()))
                .setContainers(containers.size())
                .setContainersRunning(running)
                .setContainersStopped(containers.size() - running)
                .setImages(engine.images().list().size())
                .setName(NodeFacts.name())
                .setOperatingSystem(NodeFacts.operatingSystem())
                .setCpus(Runtime.getRuntime().availableProcessors())
                .setMemoryBytes(NodeMemory.bytes())
                .setCgroupVersion(Files.exists(UNIFIED) ? "2" : "1")
                .setCgroupDriver(info.cgroupDriver().toString())
                .setRootDirectory(engine.images().usage().images().root().toString())
                .setStorage("overlay")
                .addAllRuntimes(engine.handlers().stream().filter(h -> !h.isEmpty()).toList())
                .addAllSecurityOptions(security())
                .setKubeletPods(engine.pods(PodFilter.all(Scope.CRI)).size())
                .setKubeletContainers(containers(Scope.CRI).size())
                .build();
    }

    private static List<String> security() {
        return java.util.Map.of("seccomp", SECCOMP, "apparmor", APPARMOR, "selinux", SELINUX)
                .entrySet()
                .stream()
                .filter(e -> Files.exists(e.getValue()))
                .map(java.util.Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private List<Container> containers(Scope scope) {
        return engine.containers(ContainerFilter.all(scope));
    }

    private static int running(List<Container> containers) {
        return (int)
                containers.stream()
                        .filter(c -> c.state() instanceof ContainerState.Running)
                        .count();
    }

    private DiskUsageResponse diskUsage(DiskUsageRequest request) {
        List<Image> images = engine.images().list();
        List<Container> containers = containers(Scopes.current());
        Set<Digest> used =
                java.util.Arrays.stream(Scope.values())
                        .flatMap(scope -> containers(scope).stream())
                        .map(Container::imageId)
                        .collect(Collectors.toSet());
        long reclaimable =
                engine.images().imagesUsage().stream()
                        .filter(usage -> !used.contains(usage.id()) && !usage.pinned())
                        .mapToLong(ImageUsage::unique)
                        .sum();
        long all = 0;
        long idle = 0;
        for (Container container : containers) {
            long bytes = engine.images().writableUsage(container.id()).bytes();
            all += bytes;
            idle += container.state() instanceof ContainerState.Running ? 0 : bytes;
        }
        DiskUsageResponse.Builder out = DiskUsageResponse.newBuilder();
        VolumeTranslation.usage(volumes, out);
        return out.setImages(
                        DiskUsage.newBuilder()
                                .setTotal(images.size())
                                .setActive(
                                        (int)
                                                images.stream()
                                                        .filter(i -> used.contains(i.id()))
                                                        .count())
                                .setBytes(engine.images().usage().images().bytes())
                                .setReclaimableBytes(reclaimable))
                .setContainers(
                        DiskUsage.newBuilder()
                                .setTotal(containers.size())
                                .setActive(running(containers))
                                .setBytes(all)
                                .setReclaimableBytes(idle))
                .build();
    }
}
