package dev.gantry.server.grpc.v1;

import dev.gantry.model.Failure;
import dev.gantry.proto.v1.Filter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Docker's filters: all keys have to hold, of each any value. */
final class Filters {
    private static final Pattern DURATION = Pattern.compile("([0-9]+)(s|m|h|d)");

    private Filters() {}

    /**
     * The condition that the filters are together.
     *
     * @param known by key, what a value means; another key is INVALID_ARGUMENT
     */
    static <T> Predicate<T> all(
            List<Filter> filters, Map<String, Function<String, Predicate<T>>> known) {
        Predicate<T> all = _ -> true;
        for (Filter filter : filters) {
            Function<String, Predicate<T>> meaning = known.get(filter.getKey());
            if (meaning == null) {
                throw Failure.invalid(
                        "there is no filter \"%s\": there are %s"
                                .formatted(
                                        filter.getKey(),
                                        String.join(
                                                ", ", known.keySet().stream().sorted().toList())));
            }
            Predicate<T> any =
                    filter.getValuesList().stream().map(meaning).reduce(_ -> false, Predicate::or);
            all = all.and(any);
        }
        return all;
    }

    /** {@code KEY} or {@code KEY=VALUE}. */
    static Predicate<Map<String, String>> label(String value) {
        int equals = value.indexOf('=');
        return equals < 0
                ? labels -> labels.containsKey(value)
                : labels ->
                        value.substring(equals + 1).equals(labels.get(value.substring(0, equals)));
    }

    /** {@code true}, {@code false}, {@code 1} or {@code 0}. */
    static boolean truth(String value) {
        return switch (value) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw Failure.invalid("\"%s\" is neither true nor false".formatted(value));
        };
    }

    /** A time as docker takes it: seconds since the epoch, RFC 3339, or how long ago. */
    static Instant time(String text) {
        try {
            if (text.matches("[0-9]+(\\.[0-9]+)?")) {
                return Instant.ofEpochMilli(Math.round(Double.parseDouble(text) * 1000));
            }
            if (text.contains("T")) {
                return OffsetDateTime.parse(text).toInstant();
            }
        } catch (DateTimeException | NumberFormatException _) {
            throw Failure.invalid("\"%s\" is not a time".formatted(text));
        }
        return Instant.now().minus(duration(text));
    }

    private static Duration duration(String text) {
        Matcher parts = DURATION.matcher(text);
        Duration all = Duration.ZERO;
        int at = 0;
        while (parts.find(at) && parts.start() == at) {
            long count = Long.parseLong(parts.group(1));
            all =
                    all.plus(
                            switch (parts.group(2)) {
                                case "s" -> Duration.ofSeconds(count);
                                case "m" -> Duration.ofMinutes(count);
                                case "h" -> Duration.ofHours(count);
                                default -> Duration.ofDays(count);
                            });
            at = parts.end();
        }
        if (at == 0 || at < text.length()) {
            throw Failure.invalid("\"%s\" is neither a time nor a duration".formatted(text));
        }
        return all;
    }
}
