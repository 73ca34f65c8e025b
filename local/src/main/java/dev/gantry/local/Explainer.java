package dev.gantry.local;

import dev.gantry.engine.ContainerState.Exited;
import dev.gantry.model.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says what happened to a container from the steps that were written down and from its state. */
final class Explainer {
    private final Chronicle chronicle;

    Explainer(Chronicle chronicle) {
        this.chronicle = chronicle;
    }

    /** Of one that there is. */
    Explanation of(LocalContainer container) {
        return new Explanation(
                container.id(),
                container.name(),
                summary(container),
                steps(container.id()),
                advice(container));
    }

    /**
     * Of one that there is no more, or that could not be created; NOT_FOUND when nobody knows it.
     */
    Explanation ofGone(String reference) {
        List<Chronicle.Step> steps = chronicle.of(reference);
        if (steps.isEmpty()) {
            throw Failure.notFound("no such container: " + reference);
        }
        Chronicle.Step last = steps.getLast();
        String summary =
                last.error().isEmpty()
                        ? "it is gone: " + last.what()
                        : "there is no such container any more: " + last.what();
        return new Explanation(
                last.container(),
                last.name(),
                summary,
                steps(last.container()),
                last.error().isEmpty() ? List.of() : hints(last.error()));
    }

    private List<Explanation.Step> steps(String id) {
        return chronicle.of(id).stream()
                .map(s -> new Explanation.Step(s.at(), s.took(), s.what(), s.error()))
                .toList();
    }

    private static String summary(LocalContainer container) {
        String restart = "its restart policy is " + container.settings().restart();
        return switch (container.status()) {
            case CREATED -> "it was created and never started";
            case RUNNING ->
                    container.health().status() == HealthState.Status.NONE
                            ? "it runs"
                            : "it runs and is " + container.health().status();
            case PAUSED -> "it is paused: its processes are frozen until it is unpaused";
            case RESTARTING ->
                    "it ends again and again: %s, and it was started %d times by it"
                            .formatted(restart, container.restarts());
            case EXITED -> exited(container).map(Explainer::ended).orElse("it has ended");
            case REMOVING -> "it is being removed";
            case DEAD -> "its record is left, but nothing of it; remove it";
        };
    }

    private static Optional<Exited> exited(LocalContainer container) {
        return container.container().state() instanceof Exited exited
                ? Optional.of(exited)
                : Optional.empty();
    }

    private static String ended(Exited end) {
        return switch (end.reason()) {
            case "StartError" -> "it could not be started: " + end.message();
            case "OOMKilled" -> "the kernel killed it, since it took more memory than its limit";
            case "Unknown" ->
                    "it ended while nobody saw it: the node went down, or its shim was killed";
            default -> "it ended with exit code " + end.exitCode();
        };
    }

    private static List<String> advice(LocalContainer container) {
        List<String> advice = new ArrayList<>();
        exited(container)
                .ifPresent(
                        end -> {
                            switch (end.reason()) {
                                case "StartError" -> advice.addAll(hints(end.message()));
                                case "OOMKilled" ->
                                        advice.add(
                                                "give it more memory: gantry update --memory SIZE "
                                                        + container.name());
                                case "Unknown" ->
                                        advice.add("start it: gantry start " + container.name());
                                default -> {
                                    if (end.exitCode() != 0) {
                                        advice.add(
                                                "see what it wrote: gantry logs "
                                                        + container.name());
                                    }
                                }
                            }
                        });
        if (container.health().status() == HealthState.Status.UNHEALTHY) {
            advice.add("see what its health check says: gantry inspect " + container.name());
        }
        return advice;
    }

    private static List<String> hints(String error) {
        String said = error.toLowerCase(Locale.ROOT);
        if (said.contains("address already in use") || said.contains("already allocated")) {
            return List.of("another program has the port: choose another one with -p, or stop it");
        }
        if (said.contains("exec") && said.contains("no such file")) {
            return List.of(
                    "the image has no such program: look for it with gantry run --rm -it --entrypoint sh IMAGE");
        }
        if (said.contains("exec format error")) {
            return List.of("the image is for another architecture: pull it with --platform");
        }
        if (said.contains("permission denied")) {
            return List.of("look at the file's mode and owner, and at the container's --user");
        }
        if (said.contains("pull it first")) {
            return List.of("pull the image: gantry pull IMAGE");
        }
        return List.of("put right what the error names, and start it again");
    }
}
