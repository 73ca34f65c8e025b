package dev.gantry.cli.verb;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All verbs. */
public final class Verbs implements Catalog {
    private final List<Catalog> catalogs = List.of(new ReadingVerbs(), new ActingVerbs());

    @Override
    public List<String> paths() {
        return catalogs.stream().flatMap(catalog -> catalog.paths().stream()).sorted().toList();
    }

    @Override
    public Optional<Verb> find(String name) {
        for (Catalog catalog : catalogs) {
            Optional<Verb> verb = catalog.find(name);
            if (verb.isPresent()) {
                return verb;
            }
        }
        return Optional.empty();
    }

    /** All verbs, made. */
    public Stream<Verb> all() {
        return paths().stream().map(path -> find(path).orElseThrow());
    }
}
