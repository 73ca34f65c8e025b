package dev.gantry.cli.run;

import java.util.ArrayList;
import java.util.List;

/**
 * The comma-separated fields of {@code --mount} and {@code --network}, where a field with a comma
 * stands in double quotes (RFC 4180).
 *
 * @param key in front of the first equals sign, or the whole field
 * @param value what follows it; empty without one
 * @param hasValue whether there was an equals sign
 */
record Fields(String key, String value, boolean hasValue) {
    static List<Fields> of(String option, String text) {
        List<Fields> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"' && (quoted || field.isEmpty())) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(split(field.toString()));
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        if (quoted) {
            throw Wrong.value(option, text, "a double quote is not closed");
        }
        fields.add(split(field.toString()));
        return fields;
    }

    private static Fields split(String field) {
        int equals = field.indexOf('=');
        return equals < 0
                ? new Fields(field, "", /* hasValue= */ false)
                : new Fields(
                        field.substring(0, equals),
                        field.substring(equals + 1),
                        /* hasValue= */ true);
    }
}
