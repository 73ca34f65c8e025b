package dev.gantry.runtime.handler;

import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.cgroup.Cgroup;
import dev.gantry.runtime.plan.LaunchStep;
import dev.gantry.runtime.shim.StartRequest;
import java.nio.file.Path;
import java.util.List;

/**
 * Containers whose process another program makes, an OCI runtime or CRIU, and leaves to the shim.
 */
final class Delegates {
    private Delegates() {}

    /**
     * The request to start one.
     *
     * @param pidFile where the program writes the process that the shim takes over
     * @param plan what leads to the program; the container inherits its stderr
     * @param then commands that make the process run, none when it runs at once
     */
    static StartRequest request(
            ContainerRecord record,
            ContainerLaunch launch,
            Cgroup cgroup,
            Path pidFile,
            List<LaunchStep> plan,
            List<LaunchStep> then) {
        return new StartRequest(
                record.id(),
                NativeHandler.flags(launch) | StartRequest.DELEGATE,
                launch.logPath().map(Object::toString).orElse(""),
                launch.logLimits(),
                cgroup.oomFile().map(Object::toString).orElse(""),
                pidFile.toString(),
                "",
                plan,
                then);
    }
}
