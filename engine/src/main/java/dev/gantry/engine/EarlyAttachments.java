package dev.gantry.engine;

import dev.gantry.model.Failure;
import dev.gantry.runtime.AttachOptions;
import dev.gantry.runtime.PodHandle;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.StreamOptions;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Those who attach to a container before it starts. They say so first; the start, whoever makes it,
 * attaches them to the shim when that is there and the container is not.
 */
final class EarlyAttachments {
    private final ConcurrentHashMap<String, Queue<Early>> waiting = new ConcurrentHashMap<>();

    /** One who waits, and the streams once the shim has them. */
    private static final class Early {
        private final StreamOptions wanted;
        private boolean gone;
        private Optional<ProcessStreams> streams = Optional.empty();

        Early(StreamOptions wanted) {
            this.wanted = wanted;
        }

        synchronized void attach(String containerId, PodHandle pod) {
            if (!gone && streams.isEmpty()) {
                streams = Optional.of(pod.attach(containerId, options()));
            }
        }

        private AttachOptions options() {
            return new AttachOptions(wanted, true, true);
        }

        /** Takes the streams; nothing is attached after that. */
        synchronized Optional<ProcessStreams> take() {
            gone = true;
            return streams;
        }
    }

    /** The streams of a container that is started by the action; empty when it did not start it. */
    Optional<ProcessStreams> around(String containerId, StreamOptions wanted, Runnable start) {
        Early early = new Early(wanted);
        waiting.computeIfAbsent(containerId, _ -> new ConcurrentLinkedQueue<>()).add(early);
        boolean started = false;
        try {
            start.run();
            started = true;
        } finally {
            waiting.computeIfPresent(
                    containerId,
                    (_, all) -> {
                        all.remove(early);
                        return all.isEmpty() ? null : all;
                    });
            if (!started) {
                early.take().ifPresent(ProcessStreams::close);
            }
        }
        return early.take();
    }

    /** To be called right before a container is started. */
    void attach(String containerId, PodHandle pod) {
        Queue<Early> all = waiting.get(containerId);
        if (all != null) {
            for (Early early : all) {
                try {
                    early.attach(containerId, pod);
                } catch (Failure e) {
                    throw e.during("attach to container " + containerId);
                }
            }
        }
    }
}
