package dev.gantry.networks;

import java.nio.file.Path;
import java.util.List;

/**
 * Where networks are kept and what their addresses are taken from.
 *
 * @param directory of the lists; who calls the plugins reads them there
 * @param pools IPv4, tried in this order
 */
public record NetworkSettings(Path directory, List<Pool> pools) {
    /** 64 networks of 4094 addresses, then 1024 of 254. */
    public static final List<Pool> POOLS =
            List.of(Pool.parse("172.28.0.0/14:20"), Pool.parse("10.212.0.0/14:24"));

    public NetworkSettings {
        directory = directory.toAbsolutePath();
        pools = List.copyOf(pools);
    }

    /** Below the daemon's root, with the usual pools. */
    public static NetworkSettings below(Path root) {
        return new NetworkSettings(root.resolve("networks"), POOLS);
    }
}
