package dev.gantry.engine;

import java.util.List;

/** Whether pods can run (CRI RuntimeStatus conditions RuntimeReady and NetworkReady). */
public record EngineStatus(Condition runtime, Condition network) {
    /**
     * One condition; {@code reason} is one word in CamelCase. Both texts are empty when all is
     * well; one that is true may have a note.
     */
    public record Condition(boolean ready, String reason, String message) {
        public static final Condition READY = new Condition(true, "", "");

        public static Condition notReady(String reason, String message) {
            return new Condition(false, reason, message);
        }
    }

    static List<String> names(RuntimeRoom runtime) {
        return runtime.handlers().stream().sorted().map(n -> "\"" + n + "\"").toList();
    }
}
