package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.model.Failure;
import java.time.Duration;

/** What a request is about: ids or prefixes of them, as seen from the caller's scope, and times. */
final class Targets {
    private static final long SECONDS_MAX = Duration.ofDays(365).toSeconds();

    private final Engine engine;

    Targets(Engine engine) {
        this.engine = engine;
    }

    /** The pod that the request means; one of another scope is NOT_FOUND. */
    String pod(String id) {
        if (id.isEmpty()) {
            throw Failure.invalid("the request names no pod sandbox");
        }
        return engine.podId(Scopes.current(), id);
    }

    /** The container that the request means; one of another scope is NOT_FOUND. */
    String container(String id) {
        if (id.isEmpty()) {
            throw Failure.invalid("the request names no container");
        }
        return engine.containerId(Scopes.current(), id);
    }

    /** CRI's timeouts: seconds, where zero is "none" to exec and "at once" to a stop. */
    static Duration seconds(long timeout) {
        if (timeout < 0) {
            throw Failure.invalid("timeout " + timeout + " s is negative");
        }
        return Duration.ofSeconds(Math.min(timeout, SECONDS_MAX));
    }
}
