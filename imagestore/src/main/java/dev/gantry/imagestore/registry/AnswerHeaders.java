package dev.gantry.imagestore.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;

/** The headers of an answer; the case of a name does not matter. */
final class AnswerHeaders {
    private final Map<String, List<String>> values = new TreeMap<>();

    AnswerHeaders(HttpMessage answer) {
        for (Header header : answer.getHeaders()) {
            String value = header.getValue();
            values.computeIfAbsent(key(header.getName()), _ -> new ArrayList<>())
                    .add(value == null ? "" : value);
        }
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** All values of a header, in their order; empty without it. */
    List<String> allValues(String name) {
        return List.copyOf(values.getOrDefault(key(name), List.of()));
    }

    Optional<String> firstValue(String name) {
        return allValues(name).stream().findFirst();
    }

    /** A header's first value, when it is a number without a sign. */
    OptionalLong firstValueAsLong(String name) {
        return firstValue(name)
                .map(String::strip)
                .filter(value -> value.matches("[0-9]{1,18}"))
                .map(value -> OptionalLong.of(Long.parseLong(value)))
                .orElse(OptionalLong.empty());
    }
}
