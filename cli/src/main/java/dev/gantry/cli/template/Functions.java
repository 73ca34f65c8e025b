package dev.gantry.cli.template;

import dev.gantry.cli.json.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What may be called in a template: Go's own functions and those that docker adds. */
final class Functions {
    private Functions() {}

    static @Nullable Object call(int column, String name, List<@Nullable Object> args) {
        return switch (name) {
            case "json" -> Json.compact(one(column, name, args));
            case "upper" -> text(one(column, name, args)).toUpperCase(Locale.ROOT);
            case "lower" -> text(one(column, name, args)).toLowerCase(Locale.ROOT);
            case "title" -> title(text(one(column, name, args)));
            case "len" -> (long) size(column, one(column, name, args));
            case "not" -> !truth(one(column, name, args));
            case "and", "or" -> decide(column, name, args);
            case "eq", "ne", "lt", "le", "gt", "ge" -> compare(column, name, args);
            case "index" -> index(column, args);
            case "join" -> {
                need(column, name, args, 2);
                yield list(column, args.getFirst()).stream()
                        .map(Functions::text)
                        .collect(Collectors.joining(text(args.get(1))));
            }
            case "split" -> {
                need(column, name, args, 2);
                yield List.of(
                        text(args.getFirst())
                                .split(java.util.regex.Pattern.quote(text(args.get(1))), -1));
            }
            case "truncate" -> {
                need(column, name, args, 2);
                String whole = text(args.getFirst());
                yield whole.substring(
                        0, Math.min(whole.length(), (int) number(column, args.get(1))));
            }
            case "pad" -> {
                need(column, name, args, 3);
                yield " ".repeat((int) number(column, args.get(1)))
                        + text(args.getFirst())
                        + " ".repeat((int) number(column, args.get(2)));
            }
            case "print" -> args.stream().map(Functions::text).collect(Collectors.joining(""));
            case "println" ->
                    args.stream().map(Functions::text).collect(Collectors.joining(" ")) + "\n";
            case "printf" -> printf(column, args);
            default ->
                    throw new TemplateError(
                            column,
                            "function \"%s\" is not defined: there are json, upper, lower, title, len, not, and, or, eq, ne, lt, le, gt, ge, index, join, split, truncate, pad, print, println, printf"
                                    .formatted(name));
        };
    }

    private static void need(int column, String name, List<?> args, int count) {
        if (args.size() != count) {
            throw new TemplateError(
                    column, "%s takes %d values, not %d".formatted(name, count, args.size()));
        }
    }

    private static @Nullable Object one(int column, String name, List<@Nullable Object> args) {
        need(column, name, args, 1);
        return args.getFirst();
    }

    /** As Go prints a value. */
    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "<no value>";
            case List<?> list ->
                    list.stream().map(Functions::text).collect(Collectors.joining(" ", "[", "]"));
            case Map<?, ?> map ->
                    map.entrySet().stream()
                            .map(e -> e.getKey() + ":" + text(e.getValue()))
                            .collect(Collectors.joining(" ", "map[", "]"));
            default -> value.toString();
        };
    }

    /** Go's truth: false, 0, nil and what is empty are not true. */
    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            case Number number -> number.doubleValue() != 0;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> !value.toString().isEmpty();
        };
    }

    private static String title(String text) {
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private static int size(int column, @Nullable Object value) {
        return switch (value) {
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case String text -> text.length();
            case null, default -> throw new TemplateError(column, "len of " + text(value));
        };
    }

    private static List<?> list(int column, @Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case List<?> list -> list;
            default -> throw new TemplateError(column, "\"" + text(value) + "\" is no list");
        };
    }

    private static @Nullable Object decide(int column, String name, List<@Nullable Object> args) {
        if (args.isEmpty()) {
            throw new TemplateError(column, name + " needs values");
        }
        for (Object arg : args) {
            if (truth(arg) == name.equals("or")) {
                return arg;
            }
        }
        return args.getLast();
    }

    private static boolean compare(int column, String name, List<@Nullable Object> args) {
        if (args.size() < 2 || (args.size() > 2 && !name.equals("eq"))) {
            throw new TemplateError(column, name + " takes two values");
        }
        Object first = args.getFirst();
        if (name.equals("eq")) {
            return args.subList(1, args.size()).stream().anyMatch(other -> same(first, other));
        }
        Object second = args.get(1);
        if (name.equals("ne")) {
            return !same(first, second);
        }
        int order =
                first instanceof Number && second instanceof Number
                        ? Double.compare(number(column, first), number(column, second))
                        : text(first).compareTo(text(second));
        return switch (name) {
            case "lt" -> order < 0;
            case "le" -> order <= 0;
            case "gt" -> order > 0;
            default -> order >= 0;
        };
    }

    private static boolean same(@Nullable Object a, @Nullable Object b) {
        return (a instanceof Number x && b instanceof Number y)
                ? x.doubleValue() == y.doubleValue()
                : Objects.equals(a, b);
    }

    static double number(int column, @Nullable Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw new TemplateError(column, "\"" + text(value) + "\" is no number");
    }

    private static @Nullable Object index(int column, List<@Nullable Object> args) {
        if (args.isEmpty()) {
            throw new TemplateError(column, "index of nothing");
        }
        Object value = args.getFirst();
        for (Object key : args.subList(1, args.size())) {
            if (value instanceof Map<?, ?> map) {
                value = map.containsKey(text(key)) ? map.get(text(key)) : "";
            } else {
                List<?> list = list(column, value);
                int place = (int) number(column, key);
                if (place < 0 || place >= list.size()) {
                    throw new TemplateError(
                            column,
                            "index %d is out of range: there are %d".formatted(place, list.size()));
                }
                value = list.get(place);
            }
        }
        return value;
    }

    /** The verbs %s %v %d %q %t %f %x and %%, with widths. */
    private static String printf(int column, List<@Nullable Object> args) {
        if (args.isEmpty()) {
            throw new TemplateError(column, "printf needs a format");
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (Object arg : args.subList(1, args.size())) {
            values.add(arg instanceof Number || arg instanceof Boolean ? arg : text(arg));
        }
        String format =
                text(args.getFirst())
                        .replace("%v", "%s")
                        .replace("%q", "\"%s\"")
                        .replace("%t", "%b");
        try {
            return String.format(
                    Locale.ROOT, format, Arrays.copyOf(values.toArray(), values.size()));
        } catch (java.util.IllegalFormatException e) {
            throw new TemplateError(column, "printf cannot do that: " + e.getMessage());
        }
    }
}
