package dev.gantry.server.grpc.v1;

import dev.gantry.engine.ContainerState;
import dev.gantry.engine.Engine;
import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.ContainerExtras;
import dev.gantry.engine.config.MountConfig;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.spec.CommandLine;
import dev.gantry.imagestore.Image;
import dev.gantry.local.HealthState;
import dev.gantry.local.LocalContainer;
import dev.gantry.local.volumes.Volumes;
import dev.gantry.model.Failure;
import dev.gantry.model.PortMapping;
import dev.gantry.model.Scope;
import dev.gantry.networks.Networks;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.Endpoint;
import dev.gantry.proto.v1.Health;
import dev.gantry.proto.v1.InspectResponse;
import dev.gantry.proto.v1.MountPoint;
import dev.gantry.proto.v1.Port;
import dev.gantry.server.grpc.Times;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What clients see of containers. */
final class ContainerView {
    private final Engine engine;
    private final Volumes volumes;
    private final Networks networks;

    ContainerView(Engine engine, Volumes volumes, Networks networks) {
        this.engine = engine;
        this.volumes = volumes;
        this.networks = networks;
    }

    Container item(LocalContainer in, boolean size) {
        var engines = in.container();
        Container.Builder out =
                Container.newBuilder()
                        .setId(in.id())
                        .setName(in.name())
                        .setPodId(in.pod().id())
                        .setScope(engines.scope().toString())
                        .setImage(image(engines.config()))
                        .setImageId(engines.imageId().toString())
                        .addAllCommand(command(in))
                        .setCreatedAt(Times.nanos(in.createdAt()))
                        .setState(state(in.status()))
                        .setHealth(health(in.health().status()))
                        .addAllPorts(ports(in))
                        .putAllLabels(engines.config().labels())
                        .addAllMounts(mounts(engines.config()))
                        .setNetwork(network(in));
        life(out, engines.state());
        if (size) {
            long own = engine.images().writableUsage(in.id()).bytes();
            out.setWritableBytes(own).setRootBytes(own + found(in).map(Image::size).orElse(0L));
        }
        return out.build();
    }

    private Optional<Image> found(LocalContainer in) {
        return engine.images().find(in.container().imageId().toString());
    }

    private static String image(ContainerConfig config) {
        return config.userSpecifiedImage().isEmpty() ? config.image() : config.userSpecifiedImage();
    }

    private static List<String> command(LocalContainer in) {
        try {
            return CommandLine.of(in.container().config().run(), in.container().image());
        } catch (Failure _) {
            // It would not start either; that is said elsewhere.
            return List.of();
        }
    }

    private static void life(Container.Builder out, ContainerState state) {
        switch (state) {
            case ContainerState.Creating _,
                    ContainerState.Created _,
                    ContainerState.Removing _ -> {}
            case ContainerState.Running running ->
                    out.setStartedAt(Times.nanos(running.startedAt()));
            case ContainerState.Exited exited -> {
                exited.startedAt().ifPresent(at -> out.setStartedAt(Times.nanos(at)));
                out.setFinishedAt(Times.nanos(exited.finishedAt()))
                        .setExitCode(exited.exitCode())
                        .setReason(exited.reason());
            }
        }
    }

    private static dev.gantry.proto.v1.ContainerState state(LocalContainer.Status in) {
        return switch (in) {
            case CREATED -> dev.gantry.proto.v1.ContainerState.CREATED;
            case RUNNING -> dev.gantry.proto.v1.ContainerState.RUNNING;
            case PAUSED -> dev.gantry.proto.v1.ContainerState.PAUSED;
            case RESTARTING -> dev.gantry.proto.v1.ContainerState.RESTARTING;
            case EXITED -> dev.gantry.proto.v1.ContainerState.EXITED;
            case REMOVING -> dev.gantry.proto.v1.ContainerState.REMOVING;
            case DEAD -> dev.gantry.proto.v1.ContainerState.DEAD;
        };
    }

    private static Health health(HealthState.Status in) {
        return switch (in) {
            case NONE -> Health.HEALTH_UNSPECIFIED;
            case STARTING -> Health.STARTING;
            case HEALTHY -> Health.HEALTHY;
            case UNHEALTHY -> Health.UNHEALTHY;
        };
    }

    private List<Port> ports(LocalContainer in) {
        List<PortMapping> published = in.pod().config().ports();
        Set<String> known = new HashSet<>();
        List<Port> ports = new java.util.ArrayList<>();
        for (PortMapping port : published) {
            String protocol = port.protocol().name().toLowerCase(Locale.ROOT);
            known.add(port.containerPort() + "/" + protocol);
            ports.add(
                    Port.newBuilder()
                            .setContainerPort(port.containerPort())
                            .setProtocol(protocol)
                            .setHostPort(port.hostPort())
                            .setHostIp(port.hostIp())
                            .build());
        }
        Set<String> exposed = new java.util.TreeSet<>(SpecView.of(in).getExposedPortsList());
        found(in).ifPresent(image -> exposed.addAll(image.config().exposedPorts()));
        for (String port : exposed) {
            String[] parts = port.split("/", 2);
            String protocol = parts.length > 1 ? parts[1] : "tcp";
            if (known.add(parts[0] + "/" + protocol) && parts[0].matches("[0-9]{1,5}")) {
                ports.add(
                        Port.newBuilder()
                                .setContainerPort(Integer.parseInt(parts[0]))
                                .setProtocol(protocol)
                                .build());
            }
        }
        return ports;
    }

    private List<MountPoint> mounts(ContainerConfig config) {
        List<MountPoint> mounts = new java.util.ArrayList<>();
        for (MountConfig mount : config.mounts()) {
            Optional<String> volume = volumes.nameOf(mount.hostPath());
            String type =
                    !mount.image().isEmpty() ? "image" : volume.isPresent() ? "volume" : "bind";
            mounts.add(
                    MountPoint.newBuilder()
                            .setType(type)
                            .setName(volume.orElse(""))
                            .setSource(mount.image().isEmpty() ? mount.hostPath() : mount.image())
                            .setDestination(mount.containerPath())
                            .setReadonly(mount.readonly())
                            .setPropagation(
                                    switch (mount.propagation()) {
                                        case PRIVATE -> "rprivate";
                                        case HOST_TO_CONTAINER -> "rslave";
                                        case BIDIRECTIONAL -> "rshared";
                                    })
                            .build());
        }
        for (ContainerExtras.Tmpfs tmpfs : config.extras().tmpfs()) {
            mounts.add(
                    MountPoint.newBuilder().setType("tmpfs").setDestination(tmpfs.path()).build());
        }
        return mounts;
    }

    private static String network(LocalContainer in) {
        String joined = in.container().config().extras().joined().network();
        if (!joined.isEmpty()) {
            return "container:" + joined;
        }
        if (in.pod().config().security().namespaces().network() == Mode.NODE) {
            return "host";
        }
        return in.pod().config().network().name();
    }

    InspectResponse inspect(LocalContainer in, boolean size) {
        InspectResponse.Builder out =
                InspectResponse.newBuilder()
                        .setContainer(item(in, size))
                        .setSpec(SpecView.of(in))
                        .setRestartCount(in.restarts())
                        .setHealthFailingStreak(in.health().failingStreak())
                        .setLogPath(in.container().logPath().map(Object::toString).orElse(""))
                        .addAllEnvironment(environment(in))
                        .setWorkingDir(workingDir(in))
                        .setUser(user(in))
                        .setCgroup(in.pod().cgroup() + "/" + in.id());
        List<String> command = command(in);
        if (!command.isEmpty()) {
            out.setPath(command.getFirst()).addAllArgs(command.subList(1, command.size()));
        }
        switch (in.container().state()) {
            case ContainerState.Running running -> out.setPid(running.pid());
            case ContainerState.Exited exited -> out.setError(exited.message());
            case ContainerState.Creating _,
                    ContainerState.Created _,
                    ContainerState.Removing _ -> {}
        }
        in.health().log().forEach(result -> out.addHealthLog(result(result)));
        out.setEndpoint(endpoint(in));
        try {
            out.setOciSpec(engine.specification(in.id()));
        } catch (Failure _) {
            // Something that it needs is gone; its start will say so.
        }
        return out.build();
    }

    private static dev.gantry.proto.v1.HealthResult result(HealthState.Result in) {
        return dev.gantry.proto.v1.HealthResult.newBuilder()
                .setStartedAt(Times.nanos(in.startedAt()))
                .setEndedAt(Times.nanos(in.endedAt()))
                .setExitCode(in.exitCode())
                .setOutput(in.output())
                .build();
    }

    private static List<String> environment(LocalContainer in) {
        List<String> all = new java.util.ArrayList<>(in.container().image().env());
        in.container().config().run().env().forEach(v -> all.add(v.toString()));
        return all;
    }

    private static String workingDir(LocalContainer in) {
        String asked = in.container().config().run().workingDir();
        return asked.isEmpty() ? in.container().image().workingDir() : asked;
    }

    private static String user(LocalContainer in) {
        String asked = in.container().config().security().runAsUsername();
        return asked.isEmpty() ? in.container().image().user() : asked;
    }

    private Endpoint endpoint(LocalContainer in) {
        String name = network(in);
        List<InetAddress> addresses = in.pod().ready() ? in.pod().network().addresses() : List.of();
        if (in.container().scope() != Scope.LOCAL) {
            return NetworkView.addresses(addresses).setNetwork(name).build();
        }
        return networks.list().stream()
                .filter(network -> network.name().equals(name))
                .findFirst()
                .map(network -> NetworkView.endpoint(network, addresses))
                .orElseGet(() -> NetworkView.addresses(addresses).setNetwork(name))
                .addAllAliases(in.pod().config().network().aliases())
                .build();
    }
}
