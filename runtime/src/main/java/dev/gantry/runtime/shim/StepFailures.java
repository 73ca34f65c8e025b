package dev.gantry.runtime.shim;

import dev.gantry.linux.Errno;
import dev.gantry.model.Failure;
import dev.gantry.runtime.plan.LaunchStep;
import java.util.List;

/** What the shim says about a step that failed, in the words of an operator. */
final class StepFailures {
    private static final String OPEN_SOURCE = "open the source";

    private StepFailures() {}

    /** Reads a FAILED message about this plan. */
    static Failure of(Frame frame, List<LaunchStep> plan) {
        WireReader in = new WireReader(frame.payload());
        int index = in.i32();
        int type = in.u16();
        int errno = in.i32();
        String subject = in.string();
        String message = in.string();
        if (type == 0 || index < 0 || index >= plan.size()) {
            String what = subject.isEmpty() ? message : message + " " + subject;
            return Failure.internal(errno == 0 ? what : what + ": " + Errno.describe(errno));
        }
        return describe(plan.get(index), errno, subject, message);
    }

    static Failure describe(LaunchStep step, int errno, String subject, String message) {
        String why = Errno.describe(errno);
        return switch (step) {
            case LaunchStep.Exec(_, List<String> argv, _) ->
                    Failure.command("exec \"%s\": %s".formatted(argv.getFirst(), why), errno);
            case LaunchStep.Bind bind -> bind(bind, errno, why, message);
            case LaunchStep.WorkDir(String path, _) ->
                    Failure.command("working directory %s: %s".formatted(path, why), errno);
            case LaunchStep.Sysctl(String key, String value) ->
                    caller(
                            "set sysctl %s to \"%s\": %s"
                                    .formatted(key.replace('/', '.'), value, why));
            case LaunchStep.Mount mount ->
                    caller(
                            "mount %s at %s (%s): %s"
                                    .formatted(mount.type(), mount.destination(), message, why));
            case LaunchStep.Device device ->
                    caller("make device %s (%s): %s".formatted(device.path(), message, why));
            case LaunchStep.Rlimit(int resource, long soft, long hard) ->
                    caller(
                            "set resource limit %d to %s, at most %s: %s"
                                    .formatted(
                                            resource,
                                            Long.toUnsignedString(soft),
                                            Long.toUnsignedString(hard),
                                            why));
            case LaunchStep.OomScoreAdj(int value, _) ->
                    caller("set oom_score_adj to %d: %s".formatted(value, why));
            case LaunchStep.Hook hook ->
                    caller("hook %s: %s".formatted(hook.path(), errno == ECHILD ? message : why));
            case LaunchStep.BindBelow bind ->
                    caller(
                            "mount \"%s\" of the image at %s (%s): %s"
                                    .formatted(bind.part(), bind.destination(), message, why));
            case LaunchStep.JoinContainer _ when errno == Errno.ESRCH ->
                    caller("the container has ended: no command can start in it");
            case LaunchStep.JoinOther(String id, _) ->
                    caller("join the namespace of container %s: %s".formatted(id, why));
            case LaunchStep.Attribute(String name, String value) ->
                    caller(
                            "give the process the label \"%s\" (%s, %s): %s"
                                    .formatted(value, name, message, why));
            case LaunchStep.Overlay overlay ->
                    Failure.internal(
                            "mount the root file system with upper %s (%s %s): %s"
                                    .formatted(overlay.upper(), message, subject, why));
            default ->
                    Failure.internal(
                            "step %s: %s %s: %s"
                                    .formatted(
                                            step.getClass().getSimpleName(),
                                            message,
                                            subject,
                                            why));
        };
    }

    private static final int ECHILD = 10;

    private static Failure bind(LaunchStep.Bind bind, int errno, String why, String message) {
        // By what the launcher says: a look from here might never come back.
        if (errno == Errno.ENOENT && message.startsWith(OPEN_SOURCE)) {
            return caller(
                    "mount source %s (for %s) is missing on the host"
                            .formatted(bind.source(), bind.destination()));
        }
        return caller(
                "mount %s at %s (%s): %s"
                        .formatted(bind.source(), bind.destination(), message, why));
    }

    /** What whoever described the container can put right. */
    private static Failure caller(String message) {
        return Failure.precondition(message);
    }
}
