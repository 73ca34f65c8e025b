package dev.gantry.server.grpc;

import dev.gantry.engine.Engine;
import dev.gantry.proto.cri.v1.ContainerStatsRequest;
import dev.gantry.proto.cri.v1.ContainerStatsResponse;
import dev.gantry.proto.cri.v1.ListContainerStatsRequest;
import dev.gantry.proto.cri.v1.ListContainerStatsResponse;

/** What containers and pods use. */
final class StatsCalls {
    private final Engine engine;
    private final Targets targets;

    StatsCalls(Engine engine) {
        this.engine = engine;
        this.targets = new Targets(engine);
    }

    ContainerStatsResponse containerStats(ContainerStatsRequest q) {
        return ContainerStatsResponse.newBuilder()
                .setStats(
                        StatsTranslation.stats(engine.stats(targets.container(q.getContainerId()))))
                .build();
    }

    ListContainerStatsResponse listContainerStats(ListContainerStatsRequest q) {
        ListContainerStatsResponse.Builder answer = ListContainerStatsResponse.newBuilder();
        engine.listStats(StatsTranslation.filter(Scopes.current(), q.getFilter()))
                .forEach(stats -> answer.addStats(StatsTranslation.stats(stats)));
        return answer.build();
    }
}
