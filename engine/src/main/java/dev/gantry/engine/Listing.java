package dev.gantry.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Lists, of what is in memory, oldest first; they wait for nobody. */
final class Listing {
    private final World world;

    Listing(World world) {
        this.world = world;
    }

    List<Pod> pods(PodFilter filter) {
        Stream<Pod> matching =
                world.pods().stream()
                        .filter(pod -> pod.state().visible() && pod.scope() == filter.scope())
                        .filter(pod -> filter.ready().map(r -> r == pod.ready()).orElse(true))
                        .filter(pod -> labelled(pod.config().labels(), filter.labels()));
        return byId(matching, filter.id(), Pod::id)
                .sorted(Comparator.comparing(Pod::createdAt).thenComparing(Pod::id))
                .toList();
    }

    /** All containers that callers may see. */
    List<Container> containers() {
        return world.containers().stream().filter(c -> c.state().visible()).toList();
    }

    List<Container> containers(ContainerFilter filter) {
        Stream<Container> matching =
                world.containers().stream()
                        .filter(c -> c.state().visible() && c.scope() == filter.scope())
                        .filter(c -> filter.phase().map(p -> p == phase(c)).orElse(true))
                        .filter(c -> labelled(c.config().labels(), filter.labels()));
        Stream<Container> inPod = byId(matching, filter.podId(), Container::podId);
        return byId(inPod, filter.id(), Container::id)
                .sorted(Comparator.comparing(Container::createdAt).thenComparing(Container::id))
                .toList();
    }

    // A prefix that fits several is no error in a list: it matches nothing, as in containerd.
    private static <T> Stream<T> byId(
            Stream<T> all, Optional<String> wanted, Function<T, String> id) {
        if (wanted.isEmpty() || wanted.get().isEmpty()) {
            return all;
        }
        String prefix = wanted.get();
        List<T> matching = all.filter(one -> id.apply(one).startsWith(prefix)).toList();
        long distinct = matching.stream().map(id).distinct().count();
        return distinct > 1 ? Stream.empty() : matching.stream();
    }

    private static boolean labelled(Map<String, String> labels, Map<String, String> wanted) {
        return labels.entrySet().containsAll(wanted.entrySet());
    }

    private static ContainerFilter.Phase phase(Container container) {
        return switch (container.state()) {
            case ContainerState.Creating _, ContainerState.Created _ ->
                    ContainerFilter.Phase.CREATED;
            case ContainerState.Running _ -> ContainerFilter.Phase.RUNNING;
            case ContainerState.Exited _, ContainerState.Removing _ -> ContainerFilter.Phase.EXITED;
        };
    }
}
