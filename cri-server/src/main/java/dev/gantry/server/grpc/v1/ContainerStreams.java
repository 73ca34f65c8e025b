package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Engine;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.server.grpc.Bindings;

/** What flows in and out of containers, of {@code gantry.v1.Containers}. */
public final class ContainerStreams {
    private final LogsCall logs;
    private final ExecCall exec;
    private final AttachCall attach;
    private final StatsCall stats;
    private final TopCall top;

    public ContainerStreams(Engine engine, ContainerKeeper keeper) {
        logs = new LogsCall(engine, keeper);
        exec = new ExecCall(engine, keeper);
        attach = new AttachCall(engine, keeper, logs);
        stats = new StatsCall(engine, keeper);
        top = new TopCall(engine, keeper);
    }

    /** Adds the calls to their service. */
    public Bindings bind(Bindings containers) {
        return containers
                .streaming(
                        ContainersGrpc.getLogsMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "logs", answer -> logs.run(request, answer)))
                .talking(ContainersGrpc.getExecMethod(), exec::begin)
                .talking(ContainersGrpc.getAttachMethod(), attach::begin)
                .streaming(
                        ContainersGrpc.getStatsMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "stats", answer -> stats.run(request, answer)))
                .unary(ContainersGrpc.getTopMethod(), top::run);
    }
}
