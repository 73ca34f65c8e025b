package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.Engine;
import dev.gantry.local.LocalContainer.Status;
import dev.gantry.local.LocalContainers;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;

/** People's containers by their names and with their restarts; kubelet's as the engine has them. */
final class PeoplesKeeper implements ContainerKeeper {
    private final Engine engine;
    private final LocalContainers containers;
    private final PeopleOrKubelet all;
    private final ContainerKeeper kubelets;

    PeoplesKeeper(Engine engine, LocalContainers containers) {
        this.engine = engine;
        this.containers = containers;
        all = new PeopleOrKubelet(engine, containers);
        kubelets = ContainerKeeper.of(engine);
    }

    @Override
    public String id(String nameOrId) {
        return all.one(nameOrId).id();
    }

    @Override
    public String name(Container container) {
        return container.scope() == Scope.LOCAL
                ? containers.inspect(container.id()).name()
                : kubelets.name(container);
    }

    @Override
    public void start(String id) {
        if (engine.container(id).scope() == Scope.LOCAL) {
            containers.start(id);
        } else {
            kubelets.start(id);
        }
    }

    @Override
    public boolean over(String id) {
        try {
            if (engine.container(id).scope() != Scope.LOCAL) {
                return kubelets.over(id);
            }
            Status status = containers.inspect(id).status();
            return !status.active() && status != Status.CREATED;
        } catch (Failure e) {
            if (e.code() == Failure.Code.NOT_FOUND) {
                return true;
            }
            throw e;
        }
    }
}
