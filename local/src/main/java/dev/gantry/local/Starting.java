package dev.gantry.local;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState.Running;
import dev.gantry.model.Failure;

/** A start that a person asks for, which begins the restart policy's count anew. */
record Starting(Machine machine, Entries entries, Supervisor supervisor) {
    /** With its lock held; does nothing when it runs. */
    void locked(Life life, String id) {
        Entry entry = entries.staying(id);
        Container container = container(entry);
        if (container.state() instanceof Running running) {
            if (running.paused()) {
                throw Failure.precondition(
                        "cannot start container %s: it is paused; unpause it instead"
                                .formatted(entry.name()));
            }
            return;
        }
        supervisor.settleForRestart(life, id);
        life.cancel();
        life.backoff().reset();
        supervisor.launch(life, id, 0);
    }

    private Container container(Entry entry) {
        return machine.container(entry.id())
                .orElseThrow(
                        () ->
                                Failure.precondition(
                                        "nothing but its record is left of container %s; remove it"
                                                .formatted(entry.name())));
    }
}
