package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Engine;
import dev.gantry.local.LocalContainers;
import dev.gantry.local.volumes.Volumes;
import dev.gantry.model.LogLimits;
import dev.gantry.networks.Networks;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.server.grpc.Bindings;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;

/** {@code gantry.v1.Containers}: which class answers which call. */
public final class ContainersService implements BindableService {
    private final Engine engine;
    private final LocalContainers containers;
    private final Volumes volumes;
    private final Networks networks;
    private final LogLimits logs;

    /**
     * Prepares.
     *
     * @param logs of containers that ask for none
     */
    public ContainersService(
            Engine engine,
            LocalContainers containers,
            Volumes volumes,
            Networks networks,
            LogLimits logs) {
        this.engine = engine;
        this.containers = containers;
        this.volumes = volumes;
        this.networks = networks;
        this.logs = logs;
    }

    @Override
    public ServerServiceDefinition bindService() {
        Bindings calls = new Bindings(ContainersGrpc.getServiceDescriptor());
        ContainerKeeper keeper = new PeoplesKeeper(engine, containers);
        new ContainerLife(engine, containers, volumes, networks, logs).bind(calls);
        new ContainerStreams(engine, keeper).bind(calls);
        new ContainerFiles(engine, keeper).bind(calls);
        return calls.build();
    }
}
