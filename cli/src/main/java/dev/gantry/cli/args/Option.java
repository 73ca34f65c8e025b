package dev.gantry.cli.args;

import java.util.List;

/**
 * One option of a verb.
 *
 * @param name without its dashes
 * @param letter its short form, or {@link #NONE}
 * @param type the word for its value in the help: string, int, list, bytes, duration; empty for a
 *     flag
 * @param standard what holds when it is not given, as text; empty for nothing
 * @param help one sentence without a full stop
 * @param words the values that the shell offers, when they are few and known
 */
public record Option(
        String name,
        char letter,
        Kind kind,
        String type,
        String standard,
        String help,
        Completes completes,
        List<String> words,
        boolean hidden) {
    /** The letter of an option that has no short form. */
    public static final char NONE = 0;

    /** How an option takes its value. */
    public enum Kind {
        /** {@code --rm}, {@code --rm=false}. */
        FLAG,
        /** One value; the last one given counts. */
        TEXT,
        /** One whole number. */
        NUMBER,
        /** May be given several times. */
        LIST
    }

    /** Copies its lists. */
    public Option {
        words = List.copyOf(words);
    }

    private static Option make(
            String name, char letter, Kind kind, String type, String standard, String help) {
        return new Option(
                name,
                letter,
                kind,
                type,
                standard,
                help,
                Completes.NOTHING,
                List.of(),
                /* hidden= */ false);
    }

    /** A flag that is off unless given. */
    public static Option flag(String name, char letter, String help) {
        return make(name, letter, Kind.FLAG, "", "false", help);
    }

    /** A flag that is off unless given, without a short form. */
    public static Option flag(String name, String help) {
        return flag(name, NONE, help);
    }

    /** A value that is empty unless given. */
    public static Option text(String name, char letter, String help) {
        return make(name, letter, Kind.TEXT, "string", "", help);
    }

    /** A value that is empty unless given, without a short form. */
    public static Option text(String name, String help) {
        return text(name, NONE, help);
    }

    /** A whole number. */
    public static Option number(String name, char letter, long standard, String help) {
        return make(name, letter, Kind.NUMBER, "int", Long.toString(standard), help);
    }

    /** A whole number, without a short form. */
    public static Option number(String name, long standard, String help) {
        return number(name, NONE, standard, help);
    }

    /** A value that may be given several times. */
    public static Option list(String name, char letter, String help) {
        return make(name, letter, Kind.LIST, "list", "", help);
    }

    /** A value that may be given several times, without a short form. */
    public static Option list(String name, String help) {
        return list(name, NONE, help);
    }

    /** The same with another word for its value in the help. */
    public Option as(String newType) {
        return new Option(name, letter, kind, newType, standard, help, completes, words, hidden);
    }

    /** The same with another value that holds when it is not given. */
    public Option orElse(String newStandard) {
        return new Option(name, letter, kind, type, newStandard, help, completes, words, hidden);
    }

    /** The same with names of such things offered by the shell. */
    public Option completing(Completes what) {
        return new Option(name, letter, kind, type, standard, help, what, words, hidden);
    }

    /** The same with these values offered by the shell. */
    public Option oneOf(String... values) {
        return new Option(
                name, letter, kind, type, standard, help, completes, List.of(values), hidden);
    }

    /** The same, understood but not shown. */
    public Option unseen() {
        return new Option(
                name, letter, kind, type, standard, help, completes, words, /* hidden= */ true);
    }

    /** Whether it has a short form. */
    public boolean hasLetter() {
        return letter != NONE;
    }

    /** As an error names it: {@code -n, --last} or {@code --last}. */
    String shown() {
        return hasLetter() ? "-" + letter + ", --" + name : "--" + name;
    }
}
