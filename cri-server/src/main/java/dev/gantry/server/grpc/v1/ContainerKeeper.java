package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.Engine;
import dev.gantry.model.Failure;
import dev.gantry.server.grpc.Scopes;

/** What is known of containers beyond what the engine knows: their names and their lives. */
public interface ContainerKeeper {
    /** The full id of what a caller calls by name, id or the beginning of an id; or NOT_FOUND. */
    String id(String nameOrId);

    /** What people call it. */
    String name(Container container);

    /** Starts a container that is created or has exited; what runs already is no error. */
    void start(String id);

    /** Whether nothing more will come of it: it has ended and is not started again by itself. */
    boolean over(String id);

    /** By what the engine knows: ids, and containers that are started once. */
    static ContainerKeeper of(Engine engine) {
        return new ContainerKeeper() {
            @Override
            public String id(String nameOrId) {
                if (nameOrId.isEmpty()) {
                    throw Failure.invalid("container is empty: give a name or an id");
                }
                return engine.containerId(Scopes.current(), nameOrId);
            }

            @Override
            public String name(Container container) {
                return container.config().name();
            }

            @Override
            public void start(String id) {
                if (!(engine.container(id).state() instanceof ContainerState.Running)) {
                    engine.startContainer(id);
                }
            }

            @Override
            public boolean over(String id) {
                try {
                    return engine.container(id).state() instanceof ContainerState.Exited;
                } catch (Failure e) {
                    if (e.code() == Failure.Code.NOT_FOUND) {
                        return true;
                    }
                    throw e;
                }
            }
        };
    }
}
