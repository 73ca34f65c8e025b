package dev.gantry.server.grpc.v1;

import com.google.protobuf.ByteString;
import dev.gantry.engine.ContainerRoot;
import dev.gantry.engine.Engine;
import dev.gantry.imagestore.layers.TreeArchive;
import dev.gantry.imagestore.layers.TreeUnpack;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.CopyInRequest;
import dev.gantry.proto.v1.CopyInResponse;
import dev.gantry.proto.v1.CopyInTarget;
import dev.gantry.proto.v1.CopyOutRequest;
import dev.gantry.proto.v1.CopyOutResponse;
import dev.gantry.proto.v1.ExportRequest;
import dev.gantry.proto.v1.ExportResponse;
import dev.gantry.proto.v1.FileStat;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/** Trees of files that go into containers and out of them, as tar archives. */
final class CopyCalls {
    private static final long SECOND = 1_000_000_000;

    private final Engine engine;
    private final ContainerKeeper keeper;

    CopyCalls(Engine engine, ContainerKeeper keeper) {
        this.engine = engine;
        this.keeper = keeper;
    }

    void out(CopyOutRequest request, AnswerStream<CopyOutResponse> answer) {
        String id = keeper.id(request.getContainer());
        mustBeNamed(request.getPath());
        var _ = engine.withRoot(id, request.getPath(), files -> copyOut(files, request, answer));
    }

    private static boolean copyOut(
            ContainerRoot files, CopyOutRequest request, AnswerStream<CopyOutResponse> answer)
            throws InterruptedException {
        boolean follow = request.getFollowLink() || request.getPath().endsWith("/");
        ContainerPath path = ContainerPath.resolve(files, request.getPath(), follow);
        if (!path.name().isEmpty() && path.status().isEmpty()) {
            throw Failure.notFound("there is no %s in the container".formatted(request.getPath()));
        }
        answer.send(CopyOutResponse.newBuilder().setStat(stat(files, path)).build());
        Pieces pieces =
                new Pieces(
                        bytes -> answer.send(CopyOutResponse.newBuilder().setData(bytes).build()));
        TreeArchive.write(
                files.root(), files.mounts(), path.parent(), path.name(), path.name(), pieces);
        pieces.finish();
        return true;
    }

    private static FileStat stat(ContainerRoot files, ContainerPath path) {
        try (DirectoryHandle in =
                files.root()
                        .openDirectory(
                                PathBytes.join(path.parent()), Links.REFUSED_ACROSS_MOUNTS)) {
            FileStatus status = path.status().isPresent() ? path.status().get() : in.status();
            FileStat.Builder stat =
                    FileStat.newBuilder()
                            .setName(path.name().isEmpty() ? "/" : path.name().toString())
                            .setSize(status.size())
                            .setMode(status.mode())
                            .setModifiedAt(
                                    status.modified().seconds() * SECOND
                                            + status.modified().nanos());
            if (status.kind() == FileKind.SYMLINK) {
                stat.setLinkTarget(in.readlink(path.name()).toString());
            }
            return stat.build();
        } catch (ErrnoException e) {
            throw Failure.of("look at " + path.name(), e);
        }
    }

    void export(ExportRequest request, AnswerStream<ExportResponse> answer) {
        String id = keeper.id(request.getContainer());
        var _ =
                engine.withRoot(
                        id,
                        "/",
                        files -> {
                            Pieces pieces =
                                    new Pieces(
                                            bytes ->
                                                    answer.send(
                                                            ExportResponse.newBuilder()
                                                                    .setData(bytes)
                                                                    .build()));
                            TreeArchive.write(
                                    files.root(),
                                    _ -> false,
                                    List.of(),
                                    PathBytes.EMPTY,
                                    PathBytes.EMPTY,
                                    pieces);
                            pieces.finish();
                            return true;
                        });
    }

    StreamObserver<CopyInRequest> in(StreamObserver<CopyInResponse> out) {
        Requests<CopyInRequest> requests = new Requests<>(out);
        AnswerStream.start(out, "copy-in", answer -> in(requests, answer));
        return requests;
    }

    private void in(Requests<CopyInRequest> requests, AnswerStream<CopyInResponse> answer)
            throws InterruptedException {
        CopyInTarget target =
                requests.next()
                        .filter(CopyInRequest::hasTarget)
                        .map(CopyInRequest::getTarget)
                        .orElseThrow(() -> Failure.invalid("the first request has to be target"));
        String id = keeper.id(target.getContainer());
        mustBeNamed(target.getPath());
        if (engine.container(id).config().security().readonlyRootfs()) {
            throw Failure.precondition(
                    "the root of container %s is read-only".formatted(target.getContainer()));
        }
        var _ = engine.withRoot(id, target.getPath(), files -> copyIn(files, target, requests));
        answer.send(CopyInResponse.getDefaultInstance());
    }

    private static boolean copyIn(
            ContainerRoot files, CopyInTarget target, Requests<CopyInRequest> requests) {
        if (files.readonly()) {
            throw Failure.precondition(files.inside() + " is mounted read-only");
        }
        ContainerPath path = ContainerPath.resolve(files, target.getPath(), true);
        boolean directory = path.isDirectory();
        if (!directory && target.getPath().endsWith("/")) {
            throw Failure.notFound(
                    "there is no directory %s in the container".formatted(target.getPath()));
        }
        TreeUnpack.run(
                files.root(),
                directory ? path.whole() : path.parent(),
                new TreeUnpack.Options(
                        target.getKeepOwners(),
                        target.getNoOverwriteDirNonDir(),
                        directory ? Optional.empty() : Optional.of(path.name())),
                new RequestStream<>(requests, CopyCalls::data));
        return true;
    }

    private static ByteString data(CopyInRequest request) {
        if (!request.hasData()) {
            throw Failure.invalid("only the first request can be target");
        }
        return request.getData();
    }

    private static void mustBeNamed(String path) {
        if (path.isEmpty()) {
            throw Failure.invalid("path is empty");
        }
    }
}
