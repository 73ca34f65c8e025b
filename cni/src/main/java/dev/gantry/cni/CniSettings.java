package dev.gantry.cni;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where the network comes from.
 *
 * @param confDir directory of configuration lists, usually /etc/cni/net.d; may be missing as yet
 * @param binDirs directories that are searched for plugins in this order, usually /opt/cni/bin
 * @param deadline how long one call of one plugin may take before it is killed
 */
public record CniSettings(Path confDir, List<Path> binDirs, Duration deadline) {
    public CniSettings {
        confDir = confDir.toAbsolutePath();
        binDirs = binDirs.stream().map(Path::toAbsolutePath).toList();
        if (binDirs.isEmpty()) {
            throw Failure.invalid("no directory of CNI plugins is configured");
        }
        if (!deadline.isPositive()) {
            throw Failure.invalid("the deadline of CNI plugins, " + deadline + ", is not positive");
        }
    }
}
