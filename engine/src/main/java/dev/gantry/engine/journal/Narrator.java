package dev.gantry.engine.journal;

import dev.gantry.engine.journal.Step.Kind;
import dev.gantry.model.Telling;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Writes down what is done for one pod or container.
 *
 * @param pod the sandbox's id; empty when there is none
 * @param container the container's id; empty for the pod itself
 * @param name the container's name; empty for the pod itself
 */
public record Narrator(Journal journal, Story story, String pod, String container, String name)
        implements Telling.Listener {

    @Override
    public void told(String what, Duration took, Optional<RuntimeException> failure) {
        Kind kind = failure.isPresent() ? Kind.FAILED : Kind.DONE;
        add(kind, what, took, failure.map(Trouble::of).map(trouble -> without(trouble, what)));
    }

    /** It works now: what failed before is over. */
    public void reached(String what) {
        add(Kind.REACHED, what, Duration.ZERO, Optional.empty());
    }

    /** Something was done. */
    public void done(String what, Duration took) {
        add(Kind.DONE, what, took, Optional.empty());
    }

    /** Something went wrong that was no step of anybody's. */
    public void failed(String what, Duration took, String words) {
        add(Kind.FAILED, what, took, Optional.of(Trouble.said(words)));
    }

    /** Does something whose steps are this one's. */
    public <T> T telling(Supplier<T> work) {
        return Telling.to(this, work);
    }

    /** {@link #telling(Supplier)} without a result. */
    public void telling(Runnable work) {
        Telling.to(this, work);
    }

    private void add(Kind kind, String what, Duration took, Optional<Trouble> trouble) {
        journal.tell(
                story,
                new Step(
                        Instant.now().minus(took),
                        took,
                        pod,
                        container,
                        name,
                        kind,
                        what,
                        trouble));
    }

    /** What failed is said by the step, whose it is by the story: the error need not. */
    private Trouble without(Trouble trouble, String what) {
        String words = trouble.message().replace(" for pod " + pod, "");
        if (words.startsWith(what)) {
            words = words.substring(what.length()).replaceFirst("^(?: failed)?: ", "");
        }
        return words.isEmpty()
                ? trouble
                : new Trouble(words, trouble.path(), trouble.errno(), trouble.number());
    }
}
