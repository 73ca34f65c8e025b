package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.Engine;
import dev.gantry.engine.PodMetrics;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import dev.gantry.proto.v1.ContainerUsage;
import dev.gantry.proto.v1.StatsRequest;
import dev.gantry.proto.v1.StatsResponse;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.InterfaceStats;
import dev.gantry.server.grpc.Scopes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What containers use, again and again. */
final class StatsCall {
    private static final long SECOND = 1_000_000_000;
    private static final Duration GLANCE = Duration.ofMillis(500);
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private final Engine engine;
    private final ContainerKeeper keeper;

    /** What was seen of a container's processor time. */
    private record Look(long at, long cpuNanos) {}

    /** A running container with what its pod has. */
    private record Seen(PodMetrics pod, PodMetrics.ContainerMetrics container) {}

    StatsCall(Engine engine, ContainerKeeper keeper) {
        this.engine = engine;
        this.keeper = keeper;
    }

    void run(StatsRequest request, AnswerStream<StatsResponse> answer) throws InterruptedException {
        if (request.getIntervalNanos() < 0) {
            throw Failure.invalid("the interval is negative");
        }
        Duration interval =
                Duration.ofNanos(
                        request.getIntervalNanos() == 0 ? SECOND : request.getIntervalNanos());
        Scope scope = Scopes.current();
        List<String> ids = request.getContainersList().stream().map(keeper::id).toList();
        Map<String, Look> looks = new HashMap<>();
        StatsResponse first = look(scope, request, ids, looks);
        if (request.getOnce()) {
            Thread.sleep(GLANCE);
            answer.send(look(scope, request, ids, looks));
            return;
        }
        answer.send(first);
        while (true) {
            Thread.sleep(interval.compareTo(SHORTEST) < 0 ? SHORTEST : interval);
            answer.send(look(scope, request, ids, looks));
        }
    }

    private StatsResponse look(
            Scope scope, StatsRequest request, List<String> ids, Map<String, Look> looks) {
        Map<String, Seen> running = new HashMap<>();
        for (PodMetrics pod : engine.podMetrics(scope)) {
            for (PodMetrics.ContainerMetrics container : pod.containers()) {
                running.put(container.container().id(), new Seen(pod, container));
            }
        }
        StatsResponse.Builder response = StatsResponse.newBuilder();
        for (Container container : wanted(scope, request, ids)) {
            Optional<Seen> seen = Optional.ofNullable(running.get(container.id()));
            response.addContainers(seen.map(s -> usage(s, looks)).orElseGet(() -> idle(container)));
        }
        looks.keySet().retainAll(running.keySet());
        return response.build();
    }

    /** Those that were asked for and are still there, or all that the request means. */
    private List<Container> wanted(Scope scope, StatsRequest request, List<String> ids) {
        List<Container> all = engine.containers(ContainerFilter.all(scope));
        if (ids.isEmpty()) {
            return all.stream()
                    .filter(c -> request.getAll() || c.state() instanceof ContainerState.Running)
                    .toList();
        }
        List<Container> wanted = new ArrayList<>();
        for (String id : ids) {
            all.stream().filter(c -> c.id().equals(id)).forEach(wanted::add);
        }
        return wanted;
    }

    private ContainerUsage idle(Container container) {
        return ContainerUsage.newBuilder()
                .setId(container.id())
                .setName(keeper.name(container))
                .setCpuUsage(Double.NaN)
                .build();
    }

    private ContainerUsage usage(Seen seen, Map<String, Look> looks) {
        Container container = seen.container().container();
        CgroupStats stats = seen.container().cgroup().stats();
        long at = Nanos.of(stats.at());
        Look now = new Look(at, stats.cpu().nanos());
        Look before = looks.put(container.id(), now);
        ContainerUsage.Builder usage =
                ContainerUsage.newBuilder()
                        .setId(container.id())
                        .setName(keeper.name(container))
                        .setAt(at)
                        .setRunning(true)
                        .setCpuNanos(now.cpuNanos())
                        .setCpuUsage(before == null ? Double.NaN : rate(before, now))
                        .setMemoryBytes(stats.memory().workingSet())
                        .setMemoryLimit(stats.memory().limit().orElseGet(NodeMemory::bytes))
                        .setPids(stats.tasks().orElse(0));
        for (InterfaceStats network : seen.pod().interfaces()) {
            usage.setNetworkRxBytes(usage.getNetworkRxBytes() + network.received().bytes());
            usage.setNetworkTxBytes(usage.getNetworkTxBytes() + network.sent().bytes());
        }
        for (var device : seen.container().cgroup().io()) {
            usage.setBlockReadBytes(usage.getBlockReadBytes() + device.readBytes());
            usage.setBlockWrittenBytes(usage.getBlockWrittenBytes() + device.writeBytes());
        }
        return usage.build();
    }

    /** Processors in use; a container that was started anew begins at zero. */
    private static double rate(Look before, Look now) {
        long passed = now.at() - before.at();
        long used = now.cpuNanos() - before.cpuNanos();
        return passed <= 0 || used < 0 ? Double.NaN : (double) used / passed;
    }
}
