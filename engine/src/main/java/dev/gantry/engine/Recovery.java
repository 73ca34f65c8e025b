package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.model.Telling;
import dev.gantry.runtime.ContainerProcess;
import dev.gantry.runtime.ExitRecord;
import dev.gantry.runtime.PodHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start of the daemon does with what the last one left: undoes what was being made, finishes
 * what was being stopped or removed, and asks the shims what runs. All pods at once; one that does
 * not answer by the deadline is marked lost and the others go on.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Parts parts;
    private final StopPod stop;
    private final RemovePod remove;
    private final RemoveContainer removeContainer;

    Recovery(Parts parts, StopPod stop, RemovePod remove, RemoveContainer removeContainer) {
        this.parts = parts;
        this.stop = stop;
        this.remove = remove;
        this.removeContainer = removeContainer;
    }

    private record Task(Pod pod, CountDownLatch done) {}

    void run() {
        List<Task> tasks = new ArrayList<>();
        for (Pod pod : List.copyOf(parts.world().pods())) {
            Task task = new Task(pod, new CountDownLatch(1));
            tasks.add(task);
            Thread.ofVirtual().name("recover " + pod.id()).start(() -> recover(task));
        }
        long deadline = System.nanoTime() + parts.settings().recoveryDeadline().toNanos();
        for (Task task : tasks) {
            if (!await(task.done(), Duration.ofNanos(deadline - System.nanoTime()))) {
                lose(task.pod(), "its shim did not answer when the daemon started");
            }
        }
    }

    private void recover(Task task) {
        Pod pod = task.pod();
        try {
            parts.stories().of(pod).telling(() -> one(pod));
        } catch (RuntimeException e) {
            lose(pod, Failure.of("recover", e).message());
        } finally {
            task.done().countDown();
        }
    }

    private void one(Pod pod) {
        switch (pod.state()) {
            case CREATING, REMOVING -> {
                if (pod.state() == PodState.CREATING) {
                    cut(pod, "make the pod", "what was made is undone");
                } else {
                    Telling.say("the daemon ended while it removed the pod; a new one goes on");
                }
                parts.locks().holding(pod.id(), () -> remove.locked(pod.id()));
            }
            case STARTING, STOPPING -> {
                if (pod.state() == PodState.STARTING) {
                    cut(pod, "start the pod", "it is stopped");
                } else {
                    Telling.say("the daemon ended while it stopped the pod; a new one goes on");
                }
                finishContainers(pod);
                parts.locks().holding(pod.id(), () -> stop.locked(pod.id()));
            }
            case LOST, NOT_READY -> finishContainers(pod);
            case READY -> ready(pod);
        }
    }

    private void cut(Pod pod, String what, String now) {
        parts.stories()
                .of(pod)
                .failed(what, Duration.ZERO, "the daemon ended in the middle of it; " + now);
    }

    /** Looks at a pod that should run. */
    void ready(Pod pod) {
        Optional<PodHandle> handle = parts.rooms().runtime().find(pod.id());
        if (handle.isEmpty()) {
            reconcile(pod, records(pod));
            lose(pod, "its shim is gone");
            finishContainers(pod);
            return;
        }
        List<ContainerProcess> running = handle.get().list();
        parts.locks()
                .holding(
                        pod.id(),
                        () -> {
                            // A pod that answered too late has been given up meanwhile.
                            if (parts.world().pod(pod.id()).ready()) {
                                reconcile(pod, running);
                                parts.shims().hold(handle.get());
                                finishContainers(pod);
                                freezeAgain(pod, handle.get());
                                Telling.say(found(handle.get(), running));
                            }
                        });
    }

    private static String found(PodHandle handle, List<ContainerProcess> known) {
        long run = known.stream().filter(process -> process.exit().isEmpty()).count();
        return "a new daemon has found the pod again: its shim is process %d, of its containers %s"
                .formatted(
                        handle.shimPid(),
                        run == 0 ? "none runs" : run == 1 ? "1 runs" : run + " run");
    }

    /** What is recorded decides: a pause or its end may have been cut short. */
    private void freezeAgain(Pod pod, PodHandle handle) {
        for (Container container : parts.world().containersOf(pod.id())) {
            if (container.state() instanceof ContainerState.Running running && running.paused()) {
                handle.pause(container.id());
            }
        }
    }

    private List<ContainerProcess> records(Pod pod) {
        return parts.rooms().runtime().exitRecords(pod.id()).stream()
                .map(Recovery::process)
                .toList();
    }

    private static ContainerProcess process(ExitRecord record) {
        return new ContainerProcess(
                record.containerId(), record.pid(), record.startedAt(), Optional.of(record.exit()));
    }

    /** Brings what is recorded in line with what the shim says, or with what it left behind. */
    private void reconcile(Pod pod, List<ContainerProcess> processes) {
        Map<String, ContainerProcess> byId =
                processes.stream()
                        .collect(
                                Collectors.toMap(
                                        ContainerProcess::id, Function.identity(), (a, b) -> b));
        for (Container container : parts.world().containersOf(pod.id())) {
            ContainerProcess process = byId.get(container.id());
            boolean alive =
                    container.state() instanceof ContainerState.Created
                            || container.state() instanceof ContainerState.Running;
            if (process == null) {
                parts.exits().lost(container, false, "its shim is gone and left no record");
            } else if (alive) {
                parts.exits().found(container, process);
            }
        }
    }

    /** Undoes containers that were being created, and finishes those that were being removed. */
    private void finishContainers(Pod pod) {
        for (Container container : parts.world().containersOf(pod.id())) {
            switch (container.state()) {
                case ContainerState.Creating _ -> removeContainer.discard(container.id());
                case ContainerState.Removing _ -> removeContainer.locked(container.id());
                case ContainerState.Created _,
                        ContainerState.Running _,
                        ContainerState.Exited _ -> {}
            }
        }
    }

    private void lose(Pod pod, String why) {
        if (parts.world().findPod(pod.id()).isEmpty()) {
            return;
        }
        Pod now =
                parts.world()
                        .changePod(pod.id(), p -> p.state() == PodState.READY ? p.lost(why) : p);
        if (now.state() == PodState.LOST && pod.ready()) {
            parts.events().tell(EventSink.Type.STOPPED, now);
        }
        LOG.atWarn()
                .addKeyValue("pod", now.id())
                .addKeyValue("name", now.config().name().qualified())
                .addKeyValue("state", now.state().words())
                .addKeyValue("error", why)
                .log(now.state() == PodState.LOST ? "pod lost" : "pod not recovered");
    }

    private static boolean await(CountDownLatch done, Duration left) {
        try {
            return done.await(Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.CANCELLED, "interrupted while recovering pods", e);
        }
    }
}
