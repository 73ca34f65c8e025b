package dev.gantry.cni;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where the network comes from.
 *
 * @param confDir directory of configuration lists, usually /etc/cni/net.d; may be missing as yet
 * @param binDirs directories that are searched for plugins in this order, usually /opt/cni/bin
 * @param deadline how long one call of one plugin may take before it is killed
 * @param localDir directory of lists that pods ask for by name, {@code NAME.conflist} each; empty
 *     when there are none
 */
public record CniSettings(
        Path confDir, List<Path> binDirs, Duration deadline, Optional<Path> localDir) {
    public CniSettings {
        confDir = confDir.toAbsolutePath();
        binDirs = binDirs.stream().map(Path::toAbsolutePath).toList();
        localDir = localDir.map(Path::toAbsolutePath);
        if (binDirs.isEmpty()) {
            throw Failure.invalid("no directory of CNI plugins is configured");
        }
        if (!deadline.isPositive()) {
            throw Failure.invalid("the deadline of CNI plugins, " + deadline + ", is not positive");
        }
    }

    /** No network that can be asked for by its name. */
    public CniSettings(Path confDir, List<Path> binDirs, Duration deadline) {
        this(confDir, binDirs, deadline, Optional.empty());
    }

    /** The same with a directory of lists that pods ask for by name. */
    public CniSettings withLocalDir(Path directory) {
        return new CniSettings(confDir, binDirs, deadline, Optional.of(directory));
    }
}
