package dev.gantry.cli.verb;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Options;
import java.util.List;

/**
 * One verb of the command line. What it declares makes its parser, its help, its man page and its
 * completion; it is made anew for each command line.
 */
public interface Verb {
    /** Its full name with its group: {@code container ls}. */
    String path();

    /** Its other full names: {@code ps}, {@code container list}. */
    default List<String> aliases() {
        return List.of();
    }

    /** One line in the imperative without a full stop: {@code List containers}. */
    String summary();

    /** More than the summary says; empty when there is no more. */
    default String description() {
        return "";
    }

    /** What follows the name in the help: {@code [OPTIONS] CONTAINER [CONTAINER...]}. */
    String usage();

    /** How many words it takes. */
    default Arity arity() {
        return Arity.NONE;
    }

    /** Its options. */
    default Options options() {
        return Options.NONE;
    }

    /** Command lines that show what it is for; at least one. */
    List<Example> examples();

    /** What the shell offers for its words. */
    default Completes completes() {
        return Completes.NOTHING;
    }

    /** Whether the first word ends the options, since the rest is another program's. */
    default boolean optionsFirst() {
        return false;
    }

    /** Whether it is for programs, and left out of lists. */
    default boolean hidden() {
        return false;
    }

    /**
     * Does it.
     *
     * @return the exit code
     * @throws InterruptedException when it was told to stop
     */
    int run(Call call) throws InterruptedException;
}
