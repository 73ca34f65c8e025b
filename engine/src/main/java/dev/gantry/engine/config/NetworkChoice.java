package dev.gantry.engine.config;

import dev.gantry.model.Failure;
import java.util.List;

/**
 * The network that a pod of its own network namespace is put on, which docker has and CRI has not.
 *
 * @param name of a user-defined network; empty for the node's own (its CNI directory), {@code none}
 *     for no network
 * @param aliases further names by which others on the network find the pod
 * @param ip the address that the pod is to have there, or one of each family with a comma between
 *     them; empty for any
 */
public record NetworkChoice(String name, List<String> aliases, String ip) {
    /** The node's own network. */
    public static final NetworkChoice NODE = new NetworkChoice("", List.of(), "");

    /** A network namespace with nothing but loopback. */
    public static final NetworkChoice NONE = new NetworkChoice("none", List.of(), "");

    public NetworkChoice {
        aliases = List.copyOf(aliases);
        if (name.isEmpty() && !(aliases.isEmpty() && ip.isEmpty())) {
            throw Failure.invalid(
                    "an alias or an address of its own can be had on a user-defined network only;"
                            + " name one, or make it first");
        }
    }

    /** Whether the pod is on no network at all. */
    public boolean isNone() {
        return name.equals(NONE.name());
    }
}
