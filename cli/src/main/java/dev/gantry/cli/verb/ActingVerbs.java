package dev.gantry.cli.verb;

import java.util.List;
import java.util.Optional;

/** The verbs that change something. */
final class ActingVerbs implements Catalog {
    @Override
    public List<String> paths() {
        return List.of();
    }

    @Override
    public Optional<Verb> find(String name) {
        return Optional.empty();
    }
}
