package dev.gantry.engine.config;

import dev.gantry.model.Failure;
import dev.gantry.model.LogLimits;
import java.util.List;
import java.util.Objects;

/**
 * What docker has of a container and the CRI has not.
 *
 * @param groups supplementary groups by name or number, as the image has them
 * @param tmpfs file systems in memory
 * @param ulimits over the node's
 * @param deviceRules of the device controller, as {@code c 1:3 rwm}
 * @param joined namespaces of others
 * @param hostUts whether it shares the node's uts namespace rather than its pod's
 * @param log how much of the output is kept
 */
public record ContainerExtras(
        List<String> groups,
        List<Tmpfs> tmpfs,
        List<Ulimit> ulimits,
        List<String> deviceRules,
        Joined joined,
        boolean hostUts,
        LogLimits log) {
    public static final ContainerExtras NONE =
            new ContainerExtras(
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Joined.NOBODY,
                    false,
                    LogLimits.NONE);

    public ContainerExtras {
        log = Objects.requireNonNullElse(log, LogLimits.NONE);
        groups = List.copyOf(groups);
        tmpfs = List.copyOf(tmpfs);
        ulimits = List.copyOf(ulimits);
        deviceRules = List.copyOf(deviceRules);
    }

    /**
     * A file system in memory.
     *
     * @param size in bytes; 0 for no limit
     * @param mode permission bits; 0 for 01777
     * @param options further ones of mount(8), which win over noexec, nosuid and nodev
     */
    public record Tmpfs(String path, long size, int mode, List<String> options) {
        public Tmpfs {
            options = List.copyOf(options);
            if (!path.startsWith("/") || path.equals("/")) {
                throw Failure.invalid(
                        "tmpfs \"%s\": give an absolute path below the root".formatted(path));
            }
        }
    }

    /**
     * A resource limit.
     *
     * @param name as setrlimit(2) has it, without RLIMIT_, in small letters
     * @param soft -1 for none
     * @param hard -1 for none
     */
    public record Ulimit(String name, long soft, long hard) {
        public Ulimit {
            if (hard >= 0 && (soft < 0 || soft > hard)) {
                throw Failure.invalid(
                        "ulimit %s: the soft limit %d is above the hard limit %d"
                                .formatted(name, soft, hard));
            }
        }
    }

    /**
     * Running containers whose namespaces are shared; ids, empty for nobody's.
     *
     * @param network whose network namespace; the container's own pod is in the node's
     */
    public record Joined(String network, String pid, String ipc) {
        public static final Joined NOBODY = new Joined("", "", "");
    }
}
