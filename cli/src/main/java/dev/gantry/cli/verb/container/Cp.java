package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Out;
import dev.gantry.cli.run.Reasons;
import dev.gantry.cli.stream.PiecesInput;
import dev.gantry.cli.stream.Transfers;
import dev.gantry.cli.tar.LocalTree;
import dev.gantry.cli.tar.TarReader;
import dev.gantry.cli.tar.TarWriter;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.CopyInRequest;
import dev.gantry.proto.v1.CopyInTarget;
import dev.gantry.proto.v1.CopyOutRequest;
import dev.gantry.proto.v1.CopyOutResponse;
import dev.gantry.proto.v1.FileStat;
import dev.gantry.proto.v1.InspectRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;

/** {@code gantry cp}. What goes where is docker's rule: see {@link Place}. */
public final class Cp extends ContainerVerb {
    private static final int TYPE = 0170000;
    private static final int DIRECTORY = 0040000;

    /** The verb. */
    public Cp() {
        super(
                "cp",
                "Copy files/folders between a container and the local filesystem",
                "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-  or  [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
                new Example("Out of it", "gantry cp web:/etc/nginx/nginx.conf ."),
                new Example(
                        "The content of a directory into it",
                        "gantry cp site/. web:/usr/share/nginx/html"),
                new Example("As a tar archive", "gantry cp web:/var/log - | tar -t"));
    }

    @Override
    public Arity arity() {
        return Arity.exactly(2);
    }

    @Override
    public Options options() {
        return Options.of(
                Option.flag("archive", 'a', "Keep owners (uid and gid)"),
                Option.flag("follow-link", 'L', "Follow a symbolic link as SRC_PATH"),
                Option.flag("quiet", 'q', "Does nothing: there is no progress").unseen());
    }

    @Override
    public int run(Call call) throws InterruptedException {
        Place from = Place.of(call.args().word(0));
        Place to = Place.of(call.args().word(1));
        if (from.container().isEmpty() == to.container().isEmpty()) {
            throw new CliFailure(
                    from.container().isEmpty()
                            ? "must specify at least one container source: write CONTAINER:PATH for one of both"
                            : "copying between containers is not supported: gantry cp A:PATH - | gantry cp - B:PATH");
        }
        try {
            if (to.container().isEmpty()) {
                out(call, from, to);
            } else {
                in(call, from, to);
            }
        } catch (IOException e) {
            String why = Reasons.of(e);
            throw new CliFailure(
                    "cannot copy %s to %s: %s".formatted(from.typed(), to.typed(), why), e);
        }
        return 0;
    }

    private static void out(Call call, Place from, Place to) throws IOException {
        CopyOutRequest request =
                CopyOutRequest.newBuilder()
                        .setContainer(from.container())
                        .setPath(from.bare())
                        .setFollowLink(call.args().flag("follow-link"))
                        .build();
        Iterator<CopyOutResponse> answers = containers(call).copyOut(request);
        FileStat stat = answers.next().getStat();
        if (to.typed().equals("-")) {
            if (call.out().terminal()) {
                throw new CliFailure(
                        "cowardly refusing to write an archive to a terminal: redirect the output");
            }
            try (InputStream archive = PiecesInput.of(answers, CopyOutResponse::getData)) {
                archive.transferTo(call.out().stream());
            }
            return;
        }
        boolean directory = (stat.getMode() & TYPE) == DIRECTORY;
        Path target = Place.local(from, to, stat.getName(), directory);
        try (InputStream archive = PiecesInput.of(answers, CopyOutResponse::getData)) {
            LocalTree.read(new TarReader(archive), target, call.args().flag("archive"));
        }
    }

    private static void in(Call call, Place from, Place to)
            throws IOException, InterruptedException {
        Optional<FileStat> there = stat(call, to);
        boolean intoDirectory = there.isPresent() && (there.get().getMode() & TYPE) == DIRECTORY;
        CopyInTarget.Builder target =
                CopyInTarget.newBuilder()
                        .setContainer(to.container())
                        .setKeepOwners(call.args().flag("archive"))
                        .setNoOverwriteDirNonDir(true);
        if (from.typed().equals("-")) {
            if (Out.isTerminal(0)) {
                throw new CliFailure("the archive comes from stdin, but stdin is a terminal");
            }
            if (!intoDirectory) {
                throw new CliFailure(
                        "destination \"%s\" must be a directory".formatted(to.typed()));
            }
            send(
                    call,
                    target.setPath(asDirectory(to.path())),
                    new FileInputStream(FileDescriptor.in)::transferTo);
            return;
        }
        Path source = Path.of(from.bare());
        if (call.args().flag("follow-link")) {
            source = source.toRealPath();
        }
        boolean directory =
                Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)
                        || (from.contents() && Files.isDirectory(source));
        Files.readAttributes(source, "size", LinkOption.NOFOLLOW_LINKS);
        Place.Remote remote = Place.remote(from, to, there.isPresent(), intoDirectory, directory);
        Path read = from.contents() ? source.toRealPath() : source;
        send(
                call,
                target.setPath(asDirectory(remote.directory())),
                out -> {
                    TarWriter archive = new TarWriter(out);
                    LocalTree.write(read, remote.name(), archive);
                    archive.end();
                });
    }

    /** With the slash by which the daemon refuses what is not a directory. */
    private static String asDirectory(String path) {
        return path.endsWith("/") ? path : path + "/";
    }

    private static void send(Call call, CopyInTarget.Builder target, Transfers.Body body)
            throws IOException, InterruptedException {
        var _ =
                Transfers.send(
                        call.daemon().channel(),
                        ContainersGrpc.getCopyInMethod(),
                        Optional.of(CopyInRequest.newBuilder().setTarget(target).build()),
                        body,
                        data -> CopyInRequest.newBuilder().setData(data).build());
    }

    /** What is at a path of a container: the first answer of a copy that then is given up. */
    private static Optional<FileStat> stat(Call call, Place place) {
        CopyOutRequest request =
                CopyOutRequest.newBuilder()
                        .setContainer(place.container())
                        .setPath(place.bare())
                        .setFollowLink(true)
                        .build();
        Context.CancellableContext context = Context.current().withCancellation();
        Context before = context.attach();
        try {
            return Optional.of(containers(call).copyOut(request).next().getStat());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND
                    && !containerMissing(call, place)) {
                return Optional.empty();
            }
            throw e;
        } finally {
            context.detach(before);
            context.cancel(null);
        }
    }

    private static boolean containerMissing(Call call, Place place) {
        return containers(call)
                .inspect(InspectRequest.newBuilder().setContainer(place.container()).build())
                .getContainer()
                .getId()
                .isEmpty();
    }
}
