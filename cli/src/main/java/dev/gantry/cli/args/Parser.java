package dev.gantry.cli.args;

import java.util.List;

/**
 * Understands command lines as docker does (the rules of Go's pflag): {@code --name value}, {@code
 * --name=value}, clusters like {@code -it}, {@code -n5}, {@code -n=5}; {@code --} ends the options.
 */
public final class Parser {
    private final Options options;
    private final boolean optionsFirst;

    /**
     * A parser for these options.
     *
     * @param optionsFirst whether the first word that is no option ends them, as in {@code run
     *     IMAGE ls -l}
     */
    public Parser(Options options, boolean optionsFirst) {
        this.options = options;
        this.optionsFirst = optionsFirst;
    }

    /** Understands a command line, or throws a {@link UsageError}. */
    public Arguments parse(List<String> line) {
        Arguments result = new Arguments(options);
        int i = 0;
        while (i < line.size()) {
            String word = line.get(i);
            if (word.equals("--")) {
                i++;
                break;
            }
            if (word.length() < 2 || word.charAt(0) != '-') {
                if (optionsFirst) {
                    break;
                }
                result.add(word);
                i++;
            } else if (word.startsWith("--")) {
                i += longForm(line, i, result);
            } else {
                i += cluster(line, i, result);
            }
        }
        line.subList(i, line.size()).forEach(result::add);
        return result;
    }

    /** Returns how many words it took. */
    private int longForm(List<String> line, int at, Arguments result) {
        String word = line.get(at).substring(2);
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        if (name.isEmpty() || name.startsWith("-")) {
            throw new UsageError("bad flag syntax: " + line.get(at));
        }
        Option option =
                options.find(name).orElseThrow(() -> new UsageError("unknown flag: --" + name));
        if (equals >= 0) {
            set(option, word.substring(equals + 1), result);
            return 1;
        }
        if (option.kind() == Option.Kind.FLAG) {
            set(option, "true", result);
            return 1;
        }
        if (at + 1 == line.size()) {
            throw new UsageError("flag needs an argument: --" + name);
        }
        set(option, line.get(at + 1), result);
        return 2;
    }

    private int cluster(List<String> line, int at, Arguments result) {
        String word = line.get(at);
        for (int i = 1; i < word.length(); i++) {
            char letter = word.charAt(i);
            Option option =
                    options.find(letter)
                            .orElseThrow(
                                    () ->
                                            new UsageError(
                                                    "unknown shorthand flag: '%s' in %s"
                                                            .formatted(letter, word)));
            String rest = word.substring(i + 1);
            if (rest.startsWith("=")) {
                set(option, rest.substring(1), result);
                return 1;
            }
            if (option.kind() == Option.Kind.FLAG) {
                set(option, "true", result);
            } else if (!rest.isEmpty()) {
                set(option, rest, result);
                return 1;
            } else if (at + 1 < line.size()) {
                set(option, line.get(at + 1), result);
                return 2;
            } else {
                throw new UsageError("flag needs an argument: '%s' in %s".formatted(letter, word));
            }
        }
        return 1;
    }

    private static void set(Option option, String value, Arguments result) {
        try {
            switch (option.kind()) {
                case FLAG -> truth(value);
                case NUMBER -> Long.parseLong(value);
                case TEXT, LIST -> {}
            }
        } catch (IllegalArgumentException e) {
            String wanted = option.kind() == Option.Kind.FLAG ? "true or false" : "a whole number";
            throw new UsageError(
                    "invalid argument \"%s\" for \"%s\" flag: must be %s"
                            .formatted(value, option.shown(), wanted));
        }
        result.add(option, value);
    }

    /** The words that Go's strconv.ParseBool knows. */
    static boolean truth(String value) {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new IllegalArgumentException(value);
        };
    }
}
