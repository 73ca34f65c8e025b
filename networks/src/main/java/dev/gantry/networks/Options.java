package dev.gantry.networks;

import dev.gantry.model.Failure;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What docker's options of bridges mean. One that nobody would heed is refused. */
final class Options {
    private static final String BRIDGE = "com.docker.network.bridge.name";
    private static final String MTU = "com.docker.network.driver.mtu";
    private static final String MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";
    private static final Set<String> KNOWN = new TreeSet<>(Set.of(BRIDGE, MTU, MASQUERADE, "mtu"));
    private static final int LEAST_MTU = 68;
    private static final int MOST_MTU = 65_535;

    private final Map<String, String> options;

    Options(Map<String, String> options) {
        this.options = options;
        for (String key : options.keySet()) {
            if (!KNOWN.contains(key)) {
                throw Failure.invalid(
                        "option \"%s\" is not known to networks; there are %s"
                                .formatted(key, String.join(", ", KNOWN)));
            }
        }
        bridge().ifPresent(Names::checkInterface);
        mtu();
        masquerade();
    }

    Optional<String> bridge() {
        return Optional.ofNullable(options.get(BRIDGE));
    }

    Optional<Integer> mtu() {
        Optional<String> text =
                Optional.ofNullable(options.get(MTU))
                        .or(() -> Optional.ofNullable(options.get("mtu")));
        return text.map(Options::mtu);
    }

    private static int mtu(String text) {
        try {
            int mtu = Integer.parseInt(text);
            if (mtu >= LEAST_MTU && mtu <= MOST_MTU) {
                return mtu;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number that no interface takes.
        }
        throw Failure.invalid(
                "mtu \"%s\" is not between %d and %d".formatted(text, LEAST_MTU, MOST_MTU));
    }

    boolean masquerade() {
        String text = options.getOrDefault(MASQUERADE, "true");
        if (!text.equals("true") && !text.equals("false")) {
            throw Failure.invalid(
                    "option %s is \"%s\", which is neither true nor false"
                            .formatted(MASQUERADE, text));
        }
        return text.equals("true");
    }
}
