package dev.gantry.local;

import dev.gantry.engine.journal.Step;
import dev.gantry.model.Scope;
import java.util.List;

/**
 * What happened to a pod or container, in plain words.
 *
 * @param container whether it is a container; else a pod
 * @param name empty when nobody knows it any more
 * @param summary what it comes to
 * @param steps oldest first
 * @param advice what to do now; empty when nothing is wrong
 */
public record Explanation(
        boolean container,
        Scope scope,
        String id,
        String name,
        String summary,
        List<Step> steps,
        List<String> advice) {
    public Explanation {
        steps = List.copyOf(steps);
        advice = List.copyOf(advice);
    }
}
