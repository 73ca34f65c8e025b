package dev.gantry.local;

import dev.gantry.engine.journal.Step;
import dev.gantry.engine.journal.Step.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which failures among steps still matter. */
final class Troubles {
    private Troubles() {}

    /** The last failure after which nothing worked. */
    static Optional<Step> open(List<Step> steps) {
        for (Step step : steps.reversed()) {
            if (step.kind() == Kind.FAILED) {
                return Optional.of(step);
            }
            if (step.kind() == Kind.REACHED) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The pod's own steps, and those of each container. */
    static Collection<List<Step>> bySubject(List<Step> steps) {
        Map<String, List<Step>> all = new LinkedHashMap<>();
        steps.forEach(s -> all.computeIfAbsent(s.container(), _ -> new ArrayList<>()).add(s));
        return all.values();
    }

    /** What failed, and with what. */
    static String inWords(Step failed) {
        return failed.what() + failed.trouble().map(t -> ": " + t.message()).orElse("");
    }
}
