package dev.gantry.cni;

import java.util.List;
import java.util.Optional;

/**
 * Whether pods can be wired now.
 *
 * @param ready whether an attach can be expected to work
 * @param message why not and what to do; empty when ready
 * @param network the chosen list's name, when there is one
 * @param problems what is wrong with files that are passed over, ready or not
 */
public record NetworkStatus(
        boolean ready, String message, Optional<String> network, List<String> problems) {
    public NetworkStatus {
        problems = List.copyOf(problems);
    }

    static NetworkStatus ready(String network, List<String> problems) {
        return new NetworkStatus(true, "", Optional.of(network), problems);
    }

    static NetworkStatus notReady(String message, Optional<String> network, List<String> problems) {
        return new NetworkStatus(false, message, network, problems);
    }
}
