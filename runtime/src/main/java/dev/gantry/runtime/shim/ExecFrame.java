package dev.gantry.runtime.shim;

import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.plan.PlanEncoder;
import dev.gantry.runtime.plan.WireWriter;
import java.util.List;

/** The EXEC of the protocol. */
final class ExecFrame {
    private ExecFrame() {}

    /**
     * The frame.
     *
     * @param flags all of them, those of the streams too
     * @param pidFile where a delegate writes the command's pid; empty: none
     * @param rows of its terminal; 0 with {@code columns} when not known yet
     */
    static Frame of(
            int request,
            String containerId,
            int flags,
            String pidFile,
            int rows,
            int columns,
            List<LaunchStep> plan) {
        WireWriter payload = new WireWriter().string(containerId).u32(flags);
        payload.string(pidFile).u16(rows).u16(columns).raw(PlanEncoder.encode(plan));
        return new Frame(Frame.EXEC, request, payload.toBytes());
    }
}
