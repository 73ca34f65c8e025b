package dev.gantry.runtime.shim;

import dev.gantry.model.LogLimits;
import dev.gantry.runtime.plan.LaunchStep;
import java.util.List;

/**
 * A START of the protocol; an empty path is none.
 *
 * @param flags {@link #TERMINAL} and the others, or-ed
 */
public record StartRequest(
        String containerId,
        int flags,
        String logPath,
        LogLimits logLimits,
        String oomFile,
        String pidFile,
        String stderrFile,
        List<LaunchStep> plan,
        List<LaunchStep> planAfter) {
    public static final int TERMINAL = 1;
    public static final int STDIN = 2;
    public static final int STDIN_ONCE = 4;
    public static final int DELEGATE = 8;
    public static final int STDOUT = 16;
    public static final int STDERR = 32;

    /** To attach before the container's start. */
    static final int AWAIT = 64;

    /** To attach, holding the container up rather than losing anything. */
    static final int HOLD = 128;

    /** Of an exec that outlives its connection. */
    static final int DETACHED = 256;

    public StartRequest {
        plan = List.copyOf(plan);
        planAfter = List.copyOf(planAfter);
    }
}
