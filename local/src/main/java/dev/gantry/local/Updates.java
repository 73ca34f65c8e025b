package dev.gantry.local;

import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import java.util.Optional;

/** Changes of a container's limits and of its restart policy, whether or not it runs. */
record Updates(Machine machine, Entries entries, Lives lives, Teller teller) {
    void apply(String id, Optional<Resources> resources, Optional<RestartPolicy> restart) {
        Life life = lives.of(id);
        life.holding(
                () -> {
                    Entry entry = entries.staying(id);
                    restart.ifPresent(policy -> mustFit(entry, policy));
                    resources.ifPresent(limits -> machine.updateResources(id, limits));
                    restart.ifPresent(
                            policy ->
                                    entries.change(
                                            id, e -> e.with(e.settings().withRestart(policy))));
                    teller.event(entry, "update");
                    restart.ifPresent(
                            policy -> teller.step(entry, "change its restart policy to " + policy));
                });
    }

    private static void mustFit(Entry entry, RestartPolicy policy) {
        if (entry.settings().autoRemove() && policy.condition() != RestartPolicy.Condition.NO) {
            throw Failure.precondition(
                    "container %s removes itself when it has ended; it cannot have a restart policy"
                            .formatted(entry.name()));
        }
    }
}
