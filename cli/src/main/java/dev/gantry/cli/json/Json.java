package dev.gantry.cli.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes maps, lists, strings, numbers, booleans and null as JSON; {@link JsonReader} reads them.
 */
public final class Json {
    private static final String INDENT = "    ";

    private final StringBuilder out = new StringBuilder();
    private final boolean pretty;

    private Json(boolean pretty) {
        this.pretty = pretty;
    }

    /** On one line. */
    public static String compact(@Nullable Object value) {
        return new Json(/* pretty= */ false).write(value, 0).out.toString();
    }

    /** Indented by four spaces, as docker's inspect. */
    public static String pretty(@Nullable Object value) {
        return new Json(/* pretty= */ true).write(value, 0).out.toString();
    }

    private Json write(@Nullable Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> object(map, depth);
            case List<?> list -> array(list, depth);
            case Boolean truth -> out.append(truth);
            case Number number -> out.append(number);
            default -> string(value.toString());
        }
        return this;
    }

    private void object(Map<?, ?> map, int depth) {
        out.append('{');
        String between = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(between);
            line(depth + 1);
            string(String.valueOf(entry.getKey()));
            out.append(pretty ? ": " : ":");
            write(entry.getValue(), depth + 1);
            between = ",";
        }
        if (!map.isEmpty()) {
            line(depth);
        }
        out.append('}');
    }

    private void array(List<?> list, int depth) {
        out.append('[');
        String between = "";
        for (Object element : list) {
            out.append(between);
            line(depth + 1);
            write(element, depth + 1);
            between = ",";
        }
        if (!list.isEmpty()) {
            line(depth);
        }
        out.append(']');
    }

    private void line(int depth) {
        if (pretty) {
            out.append('\n').repeat(INDENT, depth);
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
