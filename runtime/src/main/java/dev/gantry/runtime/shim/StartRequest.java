package dev.gantry.runtime.shim;

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

    public StartRequest {
        plan = List.copyOf(plan);
        planAfter = List.copyOf(planAfter);
    }
}
