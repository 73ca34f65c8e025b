package dev.gantry.runtime.shim;

import dev.gantry.model.Failure;
import dev.gantry.runtime.plan.LaunchStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what a start waits for that has not come to its end in time. */
public final class StuckStart {
    private static final Pattern STEP = Pattern.compile("step ([0-9]{1,6})");

    private StuckStart() {}

    /**
     * The same failure, when it is about time with the step at which the container's process is.
     *
     * @param pids the processes in the container's control group
     */
    public static Failure explain(Failure failure, List<Integer> pids, List<LaunchStep> plan) {
        if (failure.code() != Failure.Code.DEADLINE_EXCEEDED) {
            return failure;
        }
        return pids.stream()
                .flatMap(pid -> step(pid, plan).stream())
                .findFirst()
                .map(
                        step ->
                                new Failure(
                                        failure.code(),
                                        "%s; it waits to %s".formatted(failure.message(), step),
                                        failure))
                .orElse(failure);
    }

    private static Optional<String> step(int pid, List<LaunchStep> plan) {
        try {
            String name = Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
            Matcher matcher = STEP.matcher(name);
            int index = matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
            return index >= 0 && index < plan.size()
                    ? Optional.of(words(plan.get(index)))
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static String words(LaunchStep step) {
        return switch (step) {
            case LaunchStep.Bind bind ->
                    "mount %s at %s: the server of that volume may not answer"
                            .formatted(bind.source(), bind.destination());
            case LaunchStep.Overlay overlay ->
                    "mount the root file system with upper " + overlay.upper();
            case LaunchStep.Mount mount ->
                    "mount %s at %s".formatted(mount.type(), mount.destination());
            case LaunchStep.WorkDir(String path, _) -> "enter the working directory " + path;
            case LaunchStep.Exec exec -> "execute " + exec.argv().getFirst();
            default -> "carry out step " + step.getClass().getSimpleName();
        };
    }
}
