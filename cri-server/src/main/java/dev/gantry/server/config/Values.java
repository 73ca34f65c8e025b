package dev.gantry.server.config;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the file and the command line say, by dotted name, already accepted by the keys' types. A
 * value of the command line stands above the file's.
 */
final class Values {
    private final Map<String, Object> given;

    Values(Map<String, Object> given) {
        this.given = new TreeMap<>(given);
    }

    /** These values with {@code above} on top. */
    Values with(Map<String, Object> above) {
        Map<String, Object> all = new TreeMap<>(given);
        all.putAll(above);
        return new Values(all);
    }

    boolean has(Key<?> key) {
        return given.containsKey(key.name());
    }

    <T> T get(Key<T> key) {
        return at(key, key.name());
    }

    /** The value of a starred key for the chosen name. */
    <T> T get(Key<T> key, String chosen) {
        return at(key, key.nameFor(chosen));
    }

    private <T> T at(Key<T> key, String name) {
        Object value = given.get(name);
        return value == null ? key.preset() : key.type().read(value);
    }

    /** The names chosen under a table: handlers.runc.kind gives runc. */
    Set<String> chosenUnder(String table) {
        Set<String> names = new TreeSet<>();
        for (String name : given.keySet()) {
            if (name.startsWith(table + ".")) {
                String rest = name.substring(table.length() + 1);
                names.add(rest.substring(0, rest.lastIndexOf('.')));
            }
        }
        return names;
    }
}
