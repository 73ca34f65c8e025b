package dev.gantry.local;

import java.time.Instant;

/**
 * What is recorded of one container beside the engine's record.
 *
 * @param id the engine's id of the container, and the name of its pod
 * @param podId empty until the pod is made
 * @param complete false while it is being created; recovery undoes that
 * @param removing written before the first step of a removal, which recovery finishes
 * @param removeVolumes whether its anonymous volumes go with it
 * @param started whether it was ever started
 * @param stopped whether a person stopped it since
 * @param settled whether its last end was dealt with; true before the first start
 * @param restarts by its restart policy, since a person started it
 */
record Entry(
        String id,
        String name,
        String podId,
        Instant createdAt,
        boolean complete,
        boolean removing,
        boolean removeVolumes,
        boolean started,
        boolean stopped,
        boolean settled,
        int restarts,
        ContainerSpec.Settings settings,
        HealthState health) {

    static Entry reserved(String id, String name, ContainerSpec.Settings settings) {
        return new Entry(
                id,
                name,
                "",
                Instant.now(),
                false,
                false,
                false,
                false,
                false,
                true,
                0,
                settings,
                HealthState.NONE);
    }

    Entry completed(String pod) {
        return new Entry(
                id,
                name,
                pod,
                createdAt,
                true,
                removing,
                removeVolumes,
                started,
                stopped,
                settled,
                restarts,
                settings,
                health);
    }

    Entry named(String other) {
        return new Entry(
                id,
                other,
                podId,
                createdAt,
                complete,
                removing,
                removeVolumes,
                started,
                stopped,
                settled,
                restarts,
                settings,
                health);
    }

    Entry beingRemoved(boolean volumes) {
        return new Entry(
                id, name, podId, createdAt, complete, true, volumes, started, stopped, settled,
                restarts, settings, health);
    }

    /** It is about to be started, for the given time in a row by its policy. */
    Entry running(int restart) {
        return new Entry(
                id,
                name,
                podId,
                createdAt,
                complete,
                removing,
                removeVolumes,
                true,
                false,
                false,
                restart,
                settings,
                health);
    }

    Entry stoppedByHand() {
        return new Entry(
                id,
                name,
                podId,
                createdAt,
                complete,
                removing,
                removeVolumes,
                started,
                true,
                settled,
                restarts,
                settings,
                health);
    }

    Entry ended() {
        return new Entry(
                id,
                name,
                podId,
                createdAt,
                complete,
                removing,
                removeVolumes,
                started,
                stopped,
                true,
                restarts,
                settings,
                health);
    }

    Entry with(ContainerSpec.Settings other) {
        return new Entry(
                id,
                name,
                podId,
                createdAt,
                complete,
                removing,
                removeVolumes,
                started,
                stopped,
                settled,
                restarts,
                other,
                health);
    }

    Entry with(HealthState other) {
        return new Entry(
                id,
                name,
                podId,
                createdAt,
                complete,
                removing,
                removeVolumes,
                started,
                stopped,
                settled,
                restarts,
                settings,
                other);
    }
}
