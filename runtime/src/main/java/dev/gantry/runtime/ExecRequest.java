package dev.gantry.runtime;

import java.time.Duration;
import java.util.List;

/**
 * A command to run to its end in a running container, with the container's environment, working
 * directory, user, capabilities and seccomp filter.
 *
 * @param timeout after it the command's process group is killed; zero: none
 * @param outputLimit bytes of stdout and stderr together that are kept; the rest is read and
 *     dropped
 */
public record ExecRequest(
        String containerId, List<String> argv, Duration timeout, int outputLimit) {
    /** What the CRI clients accept in one message: 16 MiB. */
    public static final int OUTPUT_LIMIT = 16 << 20;

    public ExecRequest {
        argv = List.copyOf(argv);
    }

    public static ExecRequest of(String containerId, List<String> argv, Duration timeout) {
        return new ExecRequest(containerId, argv, timeout, OUTPUT_LIMIT);
    }
}
