package dev.gantry.local;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What happened to a container, in plain words.
 *
 * @param summary what it comes to
 * @param steps oldest first
 * @param advice what to do now; empty when nothing is wrong
 */
public record Explanation(
        String id, String name, String summary, List<Step> steps, List<String> advice) {
    public Explanation {
        steps = List.copyOf(steps);
        advice = List.copyOf(advice);
    }

    /**
     * One step.
     *
     * @param took zero when that is not known
     * @param error what failed; empty when nothing did
     */
    public record Step(Instant at, Duration took, String what, String error) {}
}
