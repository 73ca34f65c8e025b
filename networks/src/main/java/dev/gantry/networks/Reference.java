package dev.gantry.networks;

import dev.gantry.model.Failure;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** How people call a network: by its name, its id, or the beginning of its id. */
record Reference(String text) {
    /** The network that is meant; NOT_FOUND for none, INVALID_ARGUMENT for more than one. */
    Network among(List<Network> all) {
        return first(all, network -> network.name().equals(text))
                .or(() -> first(all, network -> network.id().equals(text)))
                .orElseGet(() -> beginning(all));
    }

    private static Optional<Network> first(List<Network> all, Predicate<Network> which) {
        return all.stream().filter(which).findFirst();
    }

    private Network beginning(List<Network> all) {
        List<Network> found =
                text.isEmpty()
                        ? List.of()
                        : all.stream().filter(network -> network.id().startsWith(text)).toList();
        if (found.size() > 1) {
            throw Failure.invalid(
                    "%d networks have ids that begin with %s: give more of it"
                            .formatted(found.size(), text));
        }
        return found.stream()
                .findFirst()
                .orElseThrow(() -> Failure.notFound("network " + text + " not found"));
    }
}
