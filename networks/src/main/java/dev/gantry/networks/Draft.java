package dev.gantry.networks;

import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;

/** What a network that is asked for would be on this node, as it is now; nothing is written. */
record Draft(NetworkSettings settings, Surroundings node, NetworkFiles files) {
    private static final int BRIDGE_DIGITS = 12;

    /** The same on every node, so that it is known before the network is made. */
    private static final String DEFAULT_ID = "c".repeat(64);

    /** FAILED_PRECONDITION and RESOURCE_EXHAUSTED name what is in the way. */
    Network of(NetworkRequest request, List<Network> known) {
        String name = request.name();
        String id = name.equals(Names.DEFAULT) ? DEFAULT_ID : Ids.random();
        return new Network(
                id,
                name,
                files.file(name),
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                bridge(name, id, new Options(request.options()), known),
                new Planner(settings.pools(), known, node.routes()).plan(request),
                request.internal(),
                request.labels(),
                request.options());
    }

    private String bridge(String name, String id, Options options, List<Network> known) {
        Predicate<String> taken =
                link ->
                        node.hasInterface(link)
                                || known.stream().anyMatch(n -> n.bridge().equals(link));
        if (options.bridge().isPresent()) {
            String asked = options.bridge().get();
            if (taken.test(asked)) {
                throw Failure.precondition(
                        "there is an interface %s already: take another name for the bridge"
                                .formatted(asked));
            }
            return asked;
        }
        if (!name.equals(Names.DEFAULT)) {
            return "br-" + id.substring(0, BRIDGE_DIGITS);
        }
        int number = 0;
        while (taken.test("gantry" + number)) {
            number++;
        }
        return "gantry" + number;
    }
}
