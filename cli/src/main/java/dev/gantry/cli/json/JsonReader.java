package dev.gantry.cli.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON (RFC 8259): objects as maps in their order, numbers as Long or BigDecimal. */
public final class JsonReader {
    private static final int DEEPEST = 200;

    private final String text;
    private int at;
    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    /** The value of a whole text; IllegalArgumentException says where it is wrong. */
    public static @Nullable Object read(String text) {
        JsonReader reader = new JsonReader(text);
        Object value = reader.value();
        reader.space();
        if (reader.at < text.length()) {
            throw reader.wrong("more after the value");
        }
        return value;
    }

    /** An object's members; empty when the value is none. */
    @SuppressWarnings("unchecked") // objects are read as maps with such keys
    public static Map<String, @Nullable Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("JSON, character %d: %s".formatted(at + 1, what));
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() {
        space();
        if (at == text.length()) {
            throw wrong("it ends too early");
        }
        return text.charAt(at);
    }

    private boolean skip(char wanted) {
        if (peek() == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!skip(wanted)) {
            throw wrong("'" + wanted + "' is missing");
        }
    }

    private @Nullable Object value() {
        if (++depth > DEEPEST) {
            throw wrong("it is nested too deeply");
        }
        Object value =
                switch (peek()) {
                    case '{' -> members();
                    case '[' -> elements();
                    case '"' -> string();
                    case 't' -> word("true", true);
                    case 'f' -> word("false", false);
                    case 'n' -> word("null", null);
                    default -> number();
                };
        depth--;
        return value;
    }

    private Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        expect('{');
        if (skip('}')) {
            return map;
        }
        do {
            if (peek() != '"') {
                throw wrong("a name is missing");
            }
            String name = string();
            expect(':');
            map.put(name, value());
        } while (skip(','));
        expect('}');
        return map;
    }

    private List<@Nullable Object> elements() {
        List<@Nullable Object> list = new ArrayList<>();
        expect('[');
        if (skip(']')) {
            return list;
        }
        do {
            list.add(value());
        } while (skip(','));
        expect(']');
        return list;
    }

    private @Nullable Object word(String word, @Nullable Object meaning) {
        if (!text.startsWith(word, at)) {
            throw wrong("no such word");
        }
        at += word.length();
        return meaning;
    }

    private Object number() {
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(from, at);
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            try {
                return new BigDecimal(digits);
            } catch (NumberFormatException f) {
                at = from;
                throw wrong("no value");
            }
        }
    }

    private String string() {
        expect('"');
        StringBuilder result = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return result.toString();
            }
            result.append(c == '\\' ? escaped() : c);
        }
        throw wrong("a string does not end");
    }

    private char escaped() {
        if (at == text.length()) {
            throw wrong("a string does not end");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (at + 4 > text.length()) {
                    throw wrong("a string does not end");
                }
                try {
                    char unit = (char) Integer.parseInt(text, at, at + 4, 16);
                    at += 4;
                    yield unit;
                } catch (NumberFormatException e) {
                    throw wrong("\\u needs four hexadecimal digits");
                }
            }
            default -> throw wrong("no such escape: \\" + c);
        };
    }
}
