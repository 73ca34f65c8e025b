package dev.gantry.engine.journal;

import dev.gantry.engine.journal.Journal.Match;
import dev.gantry.model.Scope;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks for whom a person means, in steps; the last step that is about one decides. */
final class Search {
    /** Fewer digits mean too many. */
    private static final int SHORTEST_ID = 4;

    private final String reference;
    private final boolean people;
    private @Nullable Match best;
    private Instant at = Instant.MIN;

    Search(Scope scope, String reference) {
        this.reference = reference.startsWith("/") ? reference.substring(1) : reference;
        people = scope == Scope.LOCAL;
    }

    void look(Story story, Step step) {
        if (step.at().isBefore(at)) {
            return;
        }
        boolean container =
                !step.container().isEmpty()
                        && (begins(step.container()) || named(story, step.name()));
        boolean pod =
                begins(step.pod())
                        || reference.equals(story.name())
                        || reference.equals(story.qualified());
        if (container || pod) {
            best = new Match(story, container ? step.container() : "");
            at = step.at();
        }
    }

    private boolean named(Story story, String container) {
        return people
                ? reference.equals(container)
                : reference.equals(story.qualified() + "/" + container)
                        || reference.equals(story.name() + "/" + container)
                        || reference.equals(container);
    }

    private boolean begins(String id) {
        return reference.length() >= SHORTEST_ID
                && id.startsWith(reference.toLowerCase(Locale.ROOT));
    }

    Optional<Match> best() {
        return Optional.ofNullable(best);
    }
}
