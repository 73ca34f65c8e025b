package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.Engine;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageRequest;
import dev.gantry.imagestore.manifest.Words;
import dev.gantry.proto.v1.CommitRequest;
import dev.gantry.proto.v1.CommitResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** An image of a container: its image, what it has changed, and how it was configured. */
final class CommitCall {
    private final Engine engine;
    private final ContainerKeeper keeper;

    CommitCall(Engine engine, ContainerKeeper keeper) {
        this.engine = engine;
        this.keeper = keeper;
    }

    CommitResponse run(CommitRequest request) {
        Container container = engine.container(keeper.id(request.getContainer()));
        List<String> changes = new ArrayList<>(own(container));
        changes.addAll(request.getChangesList());
        ImageRequest made =
                new ImageRequest(
                        ImportCall.reference(request.getReference()),
                        request.getAuthor(),
                        request.getComment(),
                        changes,
                        String.join(" ", command(container)),
                        "",
                        "",
                        "");
        Image image = engine.images().commit(container.id(), container.imageId(), made);
        return CommitResponse.newBuilder().setImageId(image.id().toString()).build();
    }

    private static List<String> command(Container container) {
        var run = container.config().run();
        List<String> words = new ArrayList<>(run.command());
        words.addAll(run.args());
        return words;
    }

    /** What was asked for when the container was made is the image's from now on. */
    private static List<String> own(Container container) {
        var run = container.config().run();
        List<String> changes = new ArrayList<>();
        if (!run.command().isEmpty()) {
            changes.add("ENTRYPOINT " + json(run.command()));
            changes.add("CMD " + json(run.args()));
        } else if (!run.args().isEmpty()) {
            changes.add("CMD " + json(run.args()));
        }
        run.env().forEach(e -> changes.add("ENV " + Words.quote(e.name() + "=" + e.value())));
        if (!run.workingDir().isEmpty()) {
            changes.add("WORKDIR " + run.workingDir());
        }
        return changes;
    }

    private static String json(List<String> words) {
        return words.stream().map(StoredJson::text).collect(Collectors.joining(",", "[", "]"));
    }
}
