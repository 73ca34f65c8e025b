package dev.gantry.server.config;

/**
 * One key of the configuration file. {@code name} is dotted ({@code cni.conf-dir}); a star stands
 * for a name that the operator chooses ({@code handlers.*.kind}). {@code doc} is one paragraph for
 * the documented example.
 */
public record Key<T>(String name, Type<T> type, T preset, String doc) {
    /** The table the key stands in, empty for the top of the file. */
    String table() {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(0, dot);
    }

    /** The key without its table. */
    String leaf() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** The key's name where the star stands for {@code chosen}. */
    String nameFor(String chosen) {
        return name.replace("*", chosen);
    }
}
