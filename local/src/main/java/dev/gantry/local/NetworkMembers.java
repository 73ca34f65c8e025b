package dev.gantry.local;

import dev.gantry.engine.Pod;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.NetworkChoice;
import dev.gantry.local.net.Wiring;
import dev.gantry.networks.NetworkUsers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;

/** People's containers as those on their networks; it waits for nobody. */
record NetworkMembers(Machine machine, Entries entries) implements NetworkUsers {
    @Override
    public List<Member> members(String network) {
        return each(network, (entry, pod) -> pod.ready() ? List.of(member(entry, pod)) : List.of());
    }

    @Override
    public List<String> users(String network) {
        return each(network, (entry, _) -> List.of(entry.name()));
    }

    private <T> List<T> each(String network, BiFunction<Entry, Pod, List<T>> what) {
        List<T> all = new ArrayList<>();
        for (Entry entry : inOrder()) {
            if (entry.complete()) {
                machine.pod(entry.podId())
                        .filter(pod -> on(pod, network))
                        .ifPresent(pod -> all.addAll(what.apply(entry, pod)));
            }
        }
        return all;
    }

    /** The oldest first. */
    private List<Entry> inOrder() {
        return entries.all().stream().sorted(Comparator.comparing(Entry::createdAt)).toList();
    }

    private static boolean on(Pod pod, String network) {
        NetworkChoice choice = pod.config().network();
        return pod.config().security().namespaces().network() == Mode.POD
                && choice.name().equals(network);
    }

    /** Its name is the first; the network's server adds the beginning of its id. */
    private static Member member(Entry entry, Pod pod) {
        List<String> names = new ArrayList<>(List.of(entry.name()));
        names.addAll(pod.config().network().aliases());
        if (!pod.config().hostname().isEmpty()) {
            names.add(pod.config().hostname());
        }
        return new Member(
                entry.id(),
                names.stream().distinct().toList(),
                pod.network().addresses(),
                Wiring.resolvers(pod.config()));
    }
}
