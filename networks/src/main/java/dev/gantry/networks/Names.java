package dev.gantry.networks;

import dev.gantry.model.Failure;
import java.util.Set;
import java.util.regex.Pattern;

/** What a network and its bridge may be called. */
final class Names {
    /** The default network, made when it is first used. */
    static final String DEFAULT = "bridge";

    /** The kernel's IFNAMSIZ, less its NUL. */
    static final int LONGEST_INTERFACE = 15;

    private static final int LONGEST = 128;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
    private static final Set<String> RESERVED = Set.of("host", "none", "default", DEFAULT);

    private Names() {}

    /** Refuses what is no name, or means something already. */
    static void checkNew(String name) {
        check(name);
        if (RESERVED.contains(name)) {
            throw Failure.precondition(
                    "\"%s\" is the name of a network that is always there: take another one"
                            .formatted(name));
        }
    }

    static void check(String name) {
        if (name.length() > LONGEST || !NAME.matcher(name).matches()) {
            throw Failure.invalid(
                    ("\"%s\" is not a network's name: take letters, digits and _ . - , a letter or"
                                    + " digit first, %d at most")
                            .formatted(name, LONGEST));
        }
    }

    /** Whether the kernel takes it as the name of an interface. */
    static void checkInterface(String name) {
        if (name.isEmpty() || name.length() > LONGEST_INTERFACE || !NAME.matcher(name).matches()) {
            throw Failure.invalid(
                    "\"%s\" is not a bridge's name: take 1 to %d letters, digits and _ . -"
                            .formatted(name, LONGEST_INTERFACE));
        }
    }
}
