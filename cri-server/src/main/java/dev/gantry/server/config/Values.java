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

    /** Every key with what holds, in TOML's form; a starred one for each handler there is. */
    Map<String, String> effective() {
        Map<String, String> all = new TreeMap<>();
        Set<String> handlers = new TreeSet<>(Keys.PRESET_HANDLERS);
        handlers.addAll(chosenUnder("handlers"));
        for (Key<?> key : Keys.ALL) {
            if (key.name().indexOf('*') < 0) {
                all.put(key.name(), written(key, key.name()));
            } else {
                handlers.forEach(h -> all.put(key.nameFor(h), written(key, key.nameFor(h))));
            }
        }
        return all;
    }

    private <T> String written(Key<T> key, String name) {
        return key.type().write(at(key, name));
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
