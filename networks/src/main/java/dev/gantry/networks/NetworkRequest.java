package dev.gantry.networks;

import dev.gantry.model.Failure;
import java.util.List;
import java.util.Map;

/**
 * A network to make.
 *
 * @param driver {@code bridge}, or empty for it
 * @param pools one of each address family at most; empty for free ones of the pools
 * @param ipv6 with an IPv6 subnet, a free one where none is named
 * @param internal without a way out of the node
 * @param options docker's; unknown ones are refused
 */
public record NetworkRequest(
        String name,
        String driver,
        List<Pool> pools,
        boolean ipv6,
        boolean internal,
        Map<String, String> labels,
        Map<String, String> options) {
    /** What was asked for, in words: {@code gateway} and {@code range} may be empty. */
    public record Pool(String subnet, String gateway, String range) {}

    public NetworkRequest {
        pools = List.copyOf(pools);
        labels = Map.copyOf(labels);
        options = Map.copyOf(options);
        Names.check(name);
        switch (driver) {
            case "", "bridge" -> {}
            case "host", "null", "none" ->
                    throw Failure.precondition(
                            "there is one %s network, which is always there: use --network %s"
                                    .formatted(driver, driver.equals("null") ? "none" : driver));
            default ->
                    throw Failure.invalid(
                            "driver \"%s\" is not known: there is bridge; host and none are networks that are always there"
                                    .formatted(driver));
        }
    }

    /** What the default network is made by. */
    static NetworkRequest defaults() {
        return named(Names.DEFAULT);
    }

    /** A network that asks for nothing but its name. */
    public static NetworkRequest named(String name) {
        return new NetworkRequest(name, "bridge", List.of(), false, false, Map.of(), Map.of());
    }
}
