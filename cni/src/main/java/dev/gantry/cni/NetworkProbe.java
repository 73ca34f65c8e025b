package dev.gantry.cni;

import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Answers whether pods can be wired: a list is chosen, its programs are there, and, from CNI 1.1
 * on, each plugin says so itself; their answers hold for some seconds, since kubelet asks often.
 */
final class NetworkProbe {
    private static final Duration FRESH = Duration.ofSeconds(5);

    private record Answer(Conflist conflist, long askedAt, Optional<String> objection) {}

    private final ConflistDirectory directory;
    private final PluginBinaries binaries;
    private final PluginCaller caller;
    private final ReentrantLock asking = new ReentrantLock();
    private @Nullable Answer last;

    NetworkProbe(ConflistDirectory directory, PluginBinaries binaries, PluginCaller caller) {
        this.directory = directory;
        this.binaries = binaries;
        this.caller = caller;
    }

    NetworkStatus status() {
        ConflistDirectory.Choice choice = directory.choice();
        if (choice.conflist().isEmpty()) {
            return NetworkStatus.notReady(
                    directory.whyNone(choice), Optional.empty(), choice.problems());
        }
        Conflist list = choice.conflist().get();
        return objection(list)
                .map(
                        why ->
                                NetworkStatus.notReady(
                                        why, Optional.of(list.name()), choice.problems()))
                .orElseGet(() -> NetworkStatus.ready(list.name(), choice.problems()));
    }

    private Optional<String> objection(Conflist list) {
        List<String> missing =
                list.plugins().stream()
                        .map(Conflist.Plugin::type)
                        .filter(type -> binaries.find(type).isEmpty())
                        .distinct()
                        .toList();
        if (!missing.isEmpty()) {
            return Optional.of(
                    "network %s (%s) needs CNI plugins that are not in %s: %s"
                            .formatted(
                                    list.name(),
                                    list.source(),
                                    binaries.directoriesInWords(),
                                    String.join(", ", missing)));
        }
        return list.version().atLeast(CniVersion.V1_1_0) ? ask(list) : Optional.empty();
    }

    private Optional<String> ask(Conflist list) {
        asking.lock();
        try {
            Answer known = last;
            if (known != null
                    && known.conflist().equals(list)
                    && System.nanoTime() - known.askedAt() < FRESH.toNanos()) {
                return known.objection();
            }
            Optional<String> objection = Optional.empty();
            try {
                list.plugins().forEach(plugin -> caller.status(list, plugin));
            } catch (Failure e) {
                objection = Optional.of(e.message());
            }
            last = new Answer(list, System.nanoTime(), objection);
            return objection;
        } finally {
            asking.unlock();
        }
    }
}
