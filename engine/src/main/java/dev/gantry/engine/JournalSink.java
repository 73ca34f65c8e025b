package dev.gantry.engine;

import dev.gantry.engine.ContainerState.Exited;
import dev.gantry.engine.ContainerState.Running;
import dev.gantry.engine.journal.Narrator;
import dev.gantry.engine.spec.Signals;
import dev.gantry.model.ByteSize;
import java.net.InetAddress;
import java.time.Duration;
import java.util.stream.Collectors;

/** Writes down what became of pods and containers; what was done for it tells itself. */
final class JournalSink implements EventSink {
    private static final int BY_SIGNAL = 128;

    private final Stories stories;

    JournalSink(Stories stories) {
        this.stories = stories;
    }

    @Override
    public void happened(Event event) {
        event.container()
                .ifPresentOrElse(
                        container -> container(event.type(), container, event.pod()),
                        () -> pod(event.type(), event.pod()));
    }

    private void pod(Type type, Pod pod) {
        Narrator narrator = stories.of(pod);
        switch (type) {
            case STARTED -> narrator.reached("the pod is ready" + addresses(pod));
            case STOPPED -> {
                if (pod.state() == PodState.LOST) {
                    narrator.failed("the pod is lost", Duration.ZERO, pod.message());
                } else {
                    narrator.done("the pod is stopped", Duration.ZERO);
                }
            }
            case CREATED, DELETED -> {}
        }
    }

    private static String addresses(Pod pod) {
        String all =
                pod.network().addresses().stream()
                        .map(InetAddress::getHostAddress)
                        .collect(Collectors.joining(" and "));
        return all.isEmpty() ? "" : ", with address " + all;
    }

    private void container(Type type, Container container, Pod pod) {
        Narrator narrator = stories.of(pod, container);
        switch (type) {
            case CREATED -> narrator.done("the container is created", Duration.ZERO);
            case STARTED -> {
                if (container.state() instanceof Running running) {
                    narrator.reached("the container runs as process " + running.pid());
                }
            }
            case STOPPED -> {
                if (container.state() instanceof Exited exited) {
                    ended(narrator, container, exited);
                }
            }
            case DELETED -> narrator.done("the container is removed", Duration.ZERO);
        }
    }

    private static void ended(Narrator narrator, Container container, Exited end) {
        Duration run =
                end.startedAt()
                        .map(started -> Duration.between(started, end.finishedAt()))
                        .filter(Duration::isPositive)
                        .orElse(Duration.ZERO);
        switch (end.reason()) {
            // The step that failed has told why.
            case "StartError" -> {}
            case "OOMKilled" ->
                    narrator.failed(
                            "the container ended with exit code " + end.exitCode(),
                            run,
                            "the kernel killed it for want of memory (OOM)" + limit(container));
            case "Unknown" ->
                    narrator.failed(
                            "the container ended, and nobody saw how",
                            run,
                            end.message().isEmpty()
                                    ? "the node or its shim went down"
                                    : end.message());
            default -> narrator.done("the container " + code(end.exitCode()), run);
        }
    }

    private static String code(int code) {
        String signal =
                code > BY_SIGNAL && code <= BY_SIGNAL + 64
                        ? ": %s ended it".formatted(Signals.name(code - BY_SIGNAL))
                        : "";
        return "ended with exit code " + code + signal;
    }

    private static String limit(Container container) {
        return container
                .resources()
                .memoryBound()
                .map(bytes -> ": its memory limit is " + ByteSize.format(bytes))
                .orElse(": it has no limit of its own, so the pod or the node ran out of memory");
    }
}
