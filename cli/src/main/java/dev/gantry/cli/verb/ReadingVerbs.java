package dev.gantry.cli.verb;

import dev.gantry.cli.verb.container.Ps;
import dev.gantry.cli.verb.system.Version;
import java.util.List;
import java.util.Optional;

/** The verbs that read. */
final class ReadingVerbs implements Catalog {
    @Override
    public List<String> paths() {
        return List.of("container ls", "version");
    }

    @Override
    public Optional<Verb> find(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "container ls", "container list", "container ps", "ps" -> new Ps();
                    case "version" -> new Version();
                    default -> null;
                });
    }
}
