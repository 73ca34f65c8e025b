package dev.gantry.cli.run;

import dev.gantry.cli.args.UsageError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Pairs of name and value on the command line and in files: environment, labels, annotations,
 * sysctls.
 */
public final class NameValues {
    private NameValues() {}

    /** {@code NAME=VALUE} each; a name alone is empty. */
    public static Map<String, String> pairs(String option, List<String> given) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String text : given) {
            int equals = text.indexOf('=');
            String name = equals < 0 ? text : text.substring(0, equals);
            if (name.isBlank()) {
                throw Wrong.value(option, text, "it has no name; write NAME=VALUE");
            }
            pairs.put(name, equals < 0 ? "" : text.substring(equals + 1));
        }
        return pairs;
    }

    /** As {@link #pairs}, but each has to have its value. */
    static Map<String, String> whole(String option, List<String> given) {
        for (String text : given) {
            if (text.indexOf('=') < 1) {
                throw Wrong.value(option, text, "write NAME=VALUE");
            }
        }
        return pairs(option, given);
    }

    /**
     * {@code NAME=VALUE}, or {@code NAME} for the value that it has here; one that has none here is
     * left out.
     *
     * @param here looks a variable up in this process
     */
    public static List<String> environment(
            List<String> given, Function<String, Optional<String>> here) {
        List<String> result = new ArrayList<>();
        for (String text : given) {
            int equals = text.indexOf('=');
            if (equals == 0 || text.isEmpty()) {
                throw Wrong.value(
                        "-e, --env",
                        text,
                        "invalid environment variable; write NAME=VALUE or NAME");
            }
            if (equals > 0) {
                result.add(text);
            } else {
                here.apply(text).ifPresent(value -> result.add(text + "=" + value));
            }
        }
        return result;
    }

    /** The lines of a file of {@code NAME=VALUE}, without comments and empty lines. */
    public static List<String> lines(String option, String file) {
        List<String> lines = new ArrayList<>();
        int number = 0;
        for (String line : read(option, file).split("\r?\n", -1)) {
            number++;
            String text = line.stripLeading();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            int equals = text.indexOf('=');
            String name = equals < 0 ? text : text.substring(0, equals);
            if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
                throw new UsageError(
                        "%s: line %d of %s: variable '%s' contains whitespaces or has no name"
                                .formatted(option, number, file, name));
            }
            lines.add(text);
        }
        return lines;
    }

    private static String read(String option, String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UsageError("%s: cannot read %s: %s".formatted(option, file, Reasons.of(e)));
        }
    }
}
