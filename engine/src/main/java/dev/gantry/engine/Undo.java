package dev.gantry.engine;

import dev.gantry.model.Failure;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How to take back what a compound operation has done so far: a stack. A step pushes its own
 * undoing before it runs, so that a step which fails half way is undone too; each undoing is
 * idempotent.
 */
final class Undo {
    private record Step(String what, Runnable action) {}

    private final Deque<Step> steps = new ArrayDeque<>();

    void push(String what, Runnable action) {
        steps.push(new Step(what, action));
    }

    /**
     * Undoes everything, last first. A step that fails does not keep the others from running.
     *
     * @return whether all of it worked; what did not is added to the failure that caused this
     */
    boolean run(RuntimeException cause) {
        boolean clean = true;
        while (!steps.isEmpty()) {
            Step step = steps.pop();
            try {
                step.action().run();
            } catch (RuntimeException e) {
                clean = false;
                cause.addSuppressed(Failure.of("undo: " + step.what(), e));
            }
        }
        return clean;
    }
}
