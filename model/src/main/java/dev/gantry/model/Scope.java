package dev.gantry.model;

import java.util.Locale;

/**
 * Whose pod it is. kubelet removes every pod that it does not know, so what an engineer starts by
 * hand lives in another scope: lists, events, statistics and removals see one scope only.
 */
public enum Scope {
    /** kubelet, crictl and whoever else says nothing. */
    CRI,
    /** The command line's own. */
    LOCAL;

    /** Parses {@code cri} or {@code local}, the value of the gRPC header {@code gantry-scope}. */
    public static Scope parse(String text) {
        return switch (text) {
            case "cri" -> CRI;
            case "local" -> LOCAL;
            default -> throw Failure.invalid("scope \"" + text + "\" is neither cri nor local");
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
