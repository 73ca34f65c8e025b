package dev.gantry.cli.verb;

import java.util.Optional;

/** How many words a verb takes. */
public record Arity(int least, int most) {
    /** None. */
    public static final Arity NONE = new Arity(0, 0);

    /** Any number. */
    public static final Arity ANY = atLeast(0);

    /** Exactly so many. */
    public static Arity exactly(int count) {
        return new Arity(count, count);
    }

    /** So many or more. */
    public static Arity atLeast(int count) {
        return new Arity(count, Integer.MAX_VALUE);
    }

    /** From so many to so many. */
    public static Arity between(int least, int most) {
        return new Arity(least, most);
    }

    /** What is wrong with a number of words, as docker says it after the verb's name. */
    public Optional<String> wrong(int count) {
        if (count >= least && count <= most) {
            return Optional.empty();
        }
        if (most == 0) {
            return Optional.of("accepts no arguments");
        }
        if (least == most) {
            return Optional.of("requires exactly " + counted(least));
        }
        if (most == Integer.MAX_VALUE) {
            return Optional.of("requires at least " + counted(least));
        }
        if (least == 0 || count > most) {
            return Optional.of("requires at most " + counted(most));
        }
        return Optional.of("requires at least %d and at most %s".formatted(least, counted(most)));
    }

    private static String counted(int count) {
        return count + (count == 1 ? " argument" : " arguments");
    }
}
