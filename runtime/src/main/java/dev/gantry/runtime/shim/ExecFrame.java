package dev.gantry.runtime.shim;

import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.plan.PlanEncoder;
import dev.gantry.runtime.plan.WireWriter;
import java.util.List;

/** The EXEC of the protocol; a terminal's size is sent once somebody has one. */
final class ExecFrame {
    private ExecFrame() {}

    /**
     * The frame.
     *
     * @param flags all of them, those of the streams too
     * @param pidFile where a delegate writes the command's pid; empty: none
     */
    static Frame of(
            int request, String containerId, int flags, String pidFile, List<LaunchStep> plan) {
        WireWriter payload = new WireWriter().string(containerId).u32(flags);
        payload.string(pidFile).u16(0).u16(0).raw(PlanEncoder.encode(plan));
        return new Frame(Frame.EXEC, request, payload.toBytes());
    }
}
