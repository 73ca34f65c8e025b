package dev.gantry.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks names up among {@link Keys}, where a star stands for a name of the operator's. */
final class Schema {
    private Schema() {}

    static Optional<Key<?>> find(String name) {
        for (Key<?> key : Keys.ALL) {
            if (matches(key.name(), name)) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    /** Whether the name is a table that has keys, or holds such tables. */
    static boolean isTable(String name) {
        return tables().stream().anyMatch(t -> matches(t, name));
    }

    /** The operator's own name in {@code handlers.runc}. */
    static Optional<String> chosen(String table) {
        return matches("handlers.*", table)
                ? Optional.of(table.substring("handlers.".length()))
                : Optional.empty();
    }

    static Optional<String> nearest(String name) {
        List<String> names = new ArrayList<>();
        for (Key<?> key : Keys.ALL) {
            names.add(key.nameFor(middle(name)));
            // A key that stands in the wrong table, or in none.
            if (key.leaf().equals(name.substring(name.lastIndexOf('.') + 1))) {
                return Optional.of(key.nameFor(middle(name)));
            }
        }
        return Nearest.to(name, names);
    }

    static Optional<String> nearestTable(String name) {
        return Nearest.to(name, tables().stream().map(t -> t.replace("*", middle(name))).toList())
                .map(t -> "[" + t + "]");
    }

    /** A value as an operator would have written it, cut to what a line can hold. */
    static String shown(Object value) {
        String text = value instanceof String s ? '"' + s + '"' : String.valueOf(value);
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }

    private static String middle(String name) {
        String[] parts = name.split("\\.", -1);
        return parts.length > 1 ? parts[1] : "NAME";
    }

    private static List<String> tables() {
        List<String> tables = new ArrayList<>();
        for (Key<?> key : Keys.ALL) {
            for (String t = key.table(); !t.isEmpty(); t = parent(t)) {
                if (!tables.contains(t)) {
                    tables.add(t);
                }
            }
        }
        return tables;
    }

    private static String parent(String table) {
        int dot = table.lastIndexOf('.');
        return dot < 0 ? "" : table.substring(0, dot);
    }

    private static boolean matches(String pattern, String name) {
        int star = pattern.indexOf('*');
        if (star < 0) {
            return pattern.equals(name);
        }
        String before = pattern.substring(0, star);
        String after = pattern.substring(star + 1);
        return name.length() > before.length() + after.length()
                && name.startsWith(before)
                && name.endsWith(after)
                && name.substring(before.length(), name.length() - after.length()).indexOf('.') < 0;
    }
}
