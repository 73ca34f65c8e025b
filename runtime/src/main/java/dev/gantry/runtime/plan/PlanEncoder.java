package dev.gantry.runtime.plan;

import java.util.List;

/** Plans on the wire: a count, then each step with its type and the length of its payload. */
public final class PlanEncoder {
    private PlanEncoder() {}

    public static byte[] encode(List<LaunchStep> plan) {
        WireWriter out = new WireWriter().u32(plan.size());
        for (LaunchStep step : plan) {
            out.u16(StepPayload.type(step)).u16(0);
            out.bytes(StepPayload.write(step, new WireWriter()).toBytes());
        }
        return out.toBytes();
    }
}
