package dev.gantry.local;

import dev.gantry.engine.ContainerState.Exited;
import dev.gantry.model.ByteSize;
import dev.gantry.model.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a container's state says, and what to do about its end. */
final class Endings {
    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_FOUND = 127;
    private static final int KILLED = 137;
    private static final int SEGMENTATION_FAULT = 139;

    private Endings() {}

    static String summary(LocalContainer container) {
        return switch (container.status()) {
            case CREATED -> "it was created and never started";
            case RUNNING ->
                    container.health().status() == HealthState.Status.NONE
                            ? "it runs"
                            : "it runs and is " + container.health().status();
            case PAUSED -> "it is paused: its processes are frozen until it is unpaused";
            case RESTARTING ->
                    "it ends again and again: its restart policy is %s, and it was started %d times by it"
                            .formatted(container.settings().restart(), container.restarts());
            case EXITED -> exited(container).map(e -> ended(container, e)).orElse("it has ended");
            case REMOVING -> "it is being removed";
            case DEAD -> "its record is left, but nothing of it; remove it";
        };
    }

    private static Optional<Exited> exited(LocalContainer container) {
        return container.container().state() instanceof Exited exited
                ? Optional.of(exited)
                : Optional.empty();
    }

    private static String ended(LocalContainer container, Exited end) {
        return switch (end.reason()) {
            case "StartError" -> "it could not be started: " + end.message();
            case "OOMKilled" ->
                    "the kernel killed it, since it took more memory than "
                            + limit(container)
                                    .map(bytes -> "its limit of " + bytes)
                                    .orElse("there was");
            case "Unknown" ->
                    "it ended while nobody saw it: the node went down, or its shim was killed";
            default -> "it ended with exit code " + end.exitCode();
        };
    }

    private static Optional<String> limit(LocalContainer container) {
        return container.container().resources().memoryBound().map(ByteSize::format);
    }

    static List<String> advice(LocalContainer container) {
        List<String> advice = new ArrayList<>();
        exited(container).ifPresent(end -> advice.addAll(advice(container, end)));
        if (container.health().status() == HealthState.Status.UNHEALTHY) {
            advice.add("see what its health check says: gantry inspect " + container.name());
        }
        return advice;
    }

    private static List<String> advice(LocalContainer container, Exited end) {
        boolean people = container.pod().scope() == Scope.LOCAL;
        return switch (end.reason()) {
            // The step that failed has advice of its own.
            case "StartError" -> List.of();
            case "OOMKilled" ->
                    List.of(
                            people
                                    ? "give it more memory: gantry update --memory SIZE "
                                            + container.name()
                                    : "raise resources.limits.memory of the container in the pod's manifest, or have the program take less");
            case "Unknown" ->
                    people ? List.of("start it: gantry start " + container.name()) : List.of();
            default -> byCode(container, end.exitCode());
        };
    }

    private static List<String> byCode(LocalContainer container, int code) {
        String logs =
                "see what it wrote: gantry logs "
                        + (container.pod().scope() == Scope.CRI ? "--scope cri " : "")
                        + container.id().substring(0, 12);
        return switch (code) {
            case 0 -> List.of();
            case NOT_EXECUTABLE ->
                    List.of(logs, "126: its shell found a command that it may not execute");
            case NOT_FOUND -> List.of(logs, "127: its shell did not find a command; look at PATH");
            case KILLED ->
                    List.of(
                            "137: SIGKILL ended it; the steps say whether that was a stop whose time had passed. If it was, have the program end on its stop signal, or give it more time (--stop-timeout, terminationGracePeriodSeconds)");
            case SEGMENTATION_FAULT -> List.of(logs, "139: the program crashed (SIGSEGV)");
            default -> List.of(logs);
        };
    }
}
