package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.Engine;
import dev.gantry.imagestore.layers.LayerChanges;
import dev.gantry.model.Failure;
import dev.gantry.model.Rootfs;
import dev.gantry.proto.v1.Change;
import dev.gantry.proto.v1.ChangesRequest;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.server.grpc.Bindings;

/** The files of containers, of {@code gantry.v1.Containers}. */
public final class ContainerFiles {
    private final Engine engine;
    private final ContainerKeeper keeper;
    private final CopyCalls copies;
    private final CommitCall commit;

    public ContainerFiles(Engine engine, ContainerKeeper keeper) {
        this.engine = engine;
        this.keeper = keeper;
        this.copies = new CopyCalls(engine, keeper);
        this.commit = new CommitCall(engine, keeper);
    }

    /** Adds the calls to their service. */
    public Bindings bind(Bindings containers) {
        return containers
                .streaming(
                        ContainersGrpc.getChangesMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "changes", answer -> changes(request, answer)))
                .streaming(
                        ContainersGrpc.getCopyOutMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "copy-out", answer -> copies.out(request, answer)))
                .receiving(ContainersGrpc.getCopyInMethod(), copies::in)
                .streaming(
                        ContainersGrpc.getExportMethod(),
                        (request, out) ->
                                AnswerStream.start(
                                        out, "export", answer -> copies.export(request, answer)))
                .unary(ContainersGrpc.getCommitMethod(), commit::run);
    }

    private void changes(ChangesRequest request, AnswerStream<Change> answer) {
        Container container = engine.container(keeper.id(request.getContainer()));
        Rootfs rootfs =
                engine.images()
                        .rootfs(container.id())
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                "container %s has no writable layer"
                                                        .formatted(container.id())));
        LayerChanges.tell(
                rootfs.upper(),
                engine.images().layers(container.imageId()),
                (path, added, deleted) -> {
                    Change.Kind kind =
                            deleted
                                    ? Change.Kind.DELETED
                                    : added ? Change.Kind.ADDED : Change.Kind.CHANGED;
                    try {
                        answer.send(Change.newBuilder().setKind(kind).setPath("/" + path).build());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new Failure(Failure.Code.CANCELLED, "the caller has gone away", e);
                    }
                });
    }
}
