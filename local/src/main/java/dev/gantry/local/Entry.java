package dev.gantry.local;

import java.time.Instant;
import java.util.function.Consumer;

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
        return with(
                parts -> {
                    parts.podId = pod;
                    parts.complete = true;
                });
    }

    Entry named(String other) {
        return with(parts -> parts.name = other);
    }

    Entry beingRemoved(boolean volumes) {
        return with(
                parts -> {
                    parts.removing = true;
                    parts.removeVolumes = volumes;
                });
    }

    /** It is about to be started, for the given time in a row by its policy. */
    Entry running(int restart) {
        return with(
                parts -> {
                    parts.started = true;
                    parts.stopped = false;
                    parts.settled = false;
                    parts.restarts = restart;
                });
    }

    Entry stoppedByHand() {
        return with(parts -> parts.stopped = true);
    }

    Entry ended() {
        return with(parts -> parts.settled = true);
    }

    Entry with(ContainerSpec.Settings other) {
        return with(parts -> parts.settings = other);
    }

    Entry with(HealthState other) {
        return with(parts -> parts.health = other);
    }

    private Entry with(Consumer<Parts> change) {
        Parts parts = new Parts(this);
        change.accept(parts);
        return parts.whole();
    }

    /** A copy to be changed. */
    private static final class Parts {
        private final Entry from;
        private String name;
        private String podId;
        private boolean complete;
        private boolean removing;
        private boolean removeVolumes;
        private boolean started;
        private boolean stopped;
        private boolean settled;
        private int restarts;
        private ContainerSpec.Settings settings;
        private HealthState health;

        Parts(Entry from) {
            this.from = from;
            name = from.name;
            podId = from.podId;
            complete = from.complete;
            removing = from.removing;
            removeVolumes = from.removeVolumes;
            started = from.started;
            stopped = from.stopped;
            settled = from.settled;
            restarts = from.restarts;
            settings = from.settings;
            health = from.health;
        }

        Entry whole() {
            return new Entry(
                    from.id,
                    name,
                    podId,
                    from.createdAt,
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
    }
}
