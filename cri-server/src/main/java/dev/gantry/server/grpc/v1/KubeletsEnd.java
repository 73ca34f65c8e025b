package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.Engine;
import dev.gantry.local.WaitCondition;
import dev.gantry.local.Waiting;
import dev.gantry.model.Failure;
import java.time.Duration;
import java.util.Optional;

/** Waits for the end of a container of kubelet's, which runs once under its id. */
final class KubeletsEnd {
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private KubeletsEnd() {}

    static Waiting of(Engine engine, String id, WaitCondition condition) {
        return () -> {
            boolean _ =
                    engine.await(
                            id,
                            switch (condition) {
                                case NOT_RUNNING -> s -> !(s instanceof ContainerState.Running);
                                case NEXT_EXIT, REMOVED -> s -> s instanceof ContainerState.Exited;
                            },
                            FOR_EVER);
            int code = code(engine, id);
            if (condition == WaitCondition.REMOVED) {
                boolean _ = engine.await(id, _ -> false, FOR_EVER);
            }
            return code;
        };
    }

    /** Zero when it never ran, or is gone. */
    private static int code(Engine engine, String id) {
        Optional<Container> container;
        try {
            container = Optional.of(engine.container(id));
        } catch (Failure e) {
            if (e.code() != Failure.Code.NOT_FOUND) {
                throw e;
            }
            return 0;
        }
        return container.get().state() instanceof ContainerState.Exited exited
                ? exited.exitCode()
                : 0;
    }
}
