package dev.gantry.engine;

import dev.gantry.model.Scope;
import java.util.Locale;

/** Whose containers' writable layers have to outlive a reboot with what was synced to them. */
public enum DurableLayers {
    /** Those of the scope {@code local}: pods of kubelet are lost with a reboot anyhow. */
    LOCAL,
    ALL,
    NONE;

    boolean covers(Scope scope) {
        return switch (this) {
            case LOCAL -> scope == Scope.LOCAL;
            case ALL -> true;
            case NONE -> false;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
