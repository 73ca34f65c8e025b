package dev.gantry.cli.template;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A value with known fields, in the order in which they are shown: to ask for another one is an
 * error. (A plain map answers {@code <no value>} for what it has not.)
 */
public final class Fields extends LinkedHashMap<String, @Nullable Object> {
    /** Sets a field, and returns this. */
    public Fields with(String name, @Nullable Object value) {
        put(name, value);
        return this;
    }
}
