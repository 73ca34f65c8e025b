package dev.gantry.engine;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.journal.Narrator;
import dev.gantry.engine.journal.Story;
import dev.gantry.engine.spec.ImageDefaults;
import dev.gantry.engine.spec.Signals;
import dev.gantry.engine.spec.UserResolver;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageKind;
import dev.gantry.imagestore.WritableRequest;
import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import dev.gantry.model.Observation.Operation;
import dev.gantry.model.Rootfs;
import dev.gantry.model.Steps;
import dev.gantry.model.Telling;
import dev.gantry.runtime.oci.OciSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CreateContainer. Written down first; then the image's layers and a writable one; then the
 * specification is tried out, so that what is wrong with it is said here. Nothing runs yet.
 */
final class CreateContainer {
    private static final Logger LOG = LoggerFactory.getLogger(CreateContainer.class);

    private record Key(String podId, String name, int attempt) {}

    private final Parts parts;
    private final Specs specs;
    private final RemoveContainer removal;
    private final Restores restores;
    private final Flights<Key, String> flights = new Flights<>();

    CreateContainer(Parts parts, Specs specs, RemoveContainer removal, Restores restores) {
        this.parts = parts;
        this.restores = restores;
        this.specs = specs;
        this.removal = removal;
    }

    String create(String podIdOrPrefix, ContainerConfig config) {
        return create(podIdOrPrefix, Ids.random(), config);
    }

    /** Under an id of the caller's. */
    String create(String podIdOrPrefix, String newId, ContainerConfig config) {
        Pod pod = parts.world().pod(podIdOrPrefix);
        String id =
                flights.join(
                        new Key(pod.id(), config.name(), config.attempt()),
                        () ->
                                parts.locks()
                                        .holding(pod.id(), () -> locked(pod.id(), newId, config)));
        // The call that was joined may have asked for something else by the same name.
        parts.world()
                .findContainer(id)
                .filter(made -> !made.config().equals(config))
                .ifPresent(other -> reuse(other, config));
        return id;
    }

    private String locked(String podId, String newId, ContainerConfig config) {
        Optional<Container> existing =
                parts.world().containersOf(podId).stream()
                        .filter(c -> c.config().name().equals(config.name()))
                        .filter(c -> c.config().attempt() == config.attempt())
                        .findFirst();
        if (existing.isPresent()) {
            return reuse(existing.get(), config);
        }
        Pod pod = parts.world().pod(podId);
        pod.state().mustTakeContainers(podId, pod.scope());
        return new Narrator(
                        parts.stories().journal(),
                        Story.of(pod.scope(), pod.config().name()),
                        podId,
                        newId,
                        config.name())
                .telling(() -> make(pod, newId, config));
    }

    private String make(Pod pod, String newId, ContainerConfig config) {
        long started = System.nanoTime();
        String podId = pod.id();
        Steps steps = parts.steps(Operation.CREATE_CONTAINER);
        Container container =
                steps.time(
                        "image",
                        () ->
                                Telling.step(
                                        "create container %s of image %s"
                                                .formatted(config.name(), named(config)),
                                        () -> plan(pod, newId, config),
                                        made -> made.imageId().toString()));
        Undo undo = new Undo();
        try {
            undo.push("remove what was made", () -> removal.discard(container.id()));
            steps.time("intent", () -> parts.world().add(container));
            Telling.step("prepare the container", () -> prepare(pod, container, steps));
        } catch (RuntimeException e) {
            if (!undo.run(e)) {
                LOG.atWarn()
                        .addKeyValue("container", container.id())
                        .addKeyValue("pod", podId)
                        .setCause(e)
                        .log("the container could not be undone");
            }
            throw Failure.of("create container " + config.name() + " in pod " + podId, e);
        }
        parts.events().tell(EventSink.Type.CREATED, parts.world().container(container.id()));
        LOG.atInfo()
                .addKeyValue("container", container.id())
                .addKeyValue("pod", podId)
                .addKeyValue("name", config.name())
                .addKeyValue("image", container.imageRef())
                .addKeyValue("ms", Times.millisSince(started))
                .log("container created");
        return container.id();
    }

    private static String reuse(Container container, ContainerConfig config) {
        if (container.state() instanceof ContainerState.Created
                && container.config().equals(config)) {
            return container.id();
        }
        throw new Failure(
                Failure.Code.ALREADY_EXISTS,
                "container %s, attempt %d, exists in the pod as %s and is %s; remove it or use another attempt number"
                        .formatted(
                                config.name(),
                                config.attempt(),
                                container.id(),
                                container.state().words()));
    }

    /** As the caller named it, who may have asked for its id before. */
    private static String named(ContainerConfig config) {
        String asked = config.userSpecifiedImage();
        return asked.isEmpty() ? config.image() : asked;
    }

    private Container plan(Pod pod, String id, ContainerConfig config) {
        Image image = base(id, config);
        ImageDefaults defaults = ImageDefaults.of(image.config());
        return new Container(
                id,
                pod.id(),
                pod.scope(),
                config,
                pod.runtimeHandler(),
                image.id(),
                image.repoDigests().isEmpty()
                        ? image.id().toString()
                        : image.repoDigests().getFirst(),
                defaults,
                new Container.User(0, 0, java.util.List.of(), ""),
                Signals.firstOf(config.stopSignal(), defaults.stopSignal()),
                config.resources(),
                logPath(pod, config),
                new ContainerState.Creating(),
                Instant.now());
    }

    /** The image whose root the container gets; of a checkpoint, the one that it was made of. */
    private Image base(String id, ContainerConfig config) {
        if (config.image().startsWith("/")) {
            return restores.begin(id, Path.of(config.image()).normalize());
        }
        Image image = image(config);
        return switch (image.kind()) {
            case ImageKind.Container() -> image;
            case ImageKind.Checkpoint() -> restores.begin(id, image);
            case ImageKind.Artifact(String type) ->
                    throw Failure.precondition(
                            "image \"%s\" is an artifact of type %s, which no container can be made of; mount it as an image volume"
                                    .formatted(config.image(), type));
        };
    }

    private Image image(ContainerConfig config) {
        return parts.rooms()
                .images()
                .find(config.image())
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "image \""
                                                + config.image()
                                                + "\" is not on this node; pull it first"));
    }

    private static Optional<Path> logPath(Pod pod, ContainerConfig config) {
        String directory = pod.config().logDirectory();
        if (directory.isEmpty() || config.logPath().isEmpty()) {
            return Optional.empty();
        }
        Path root = Path.of(directory).normalize();
        Path path = root.resolve(config.logPath()).normalize();
        if (!path.startsWith(root) || path.equals(root)) {
            throw Failure.invalid(
                    "log path \"%s\" leads out of the pod's log directory %s"
                            .formatted(config.logPath(), directory));
        }
        return Optional.of(path);
    }

    private void prepare(Pod pod, Container container, Steps steps) {
        ImageRoom images = parts.rooms().images();
        Rootfs rootfs =
                steps.time(
                        "layers",
                        "make its root of the image's layers and a writable one",
                        () ->
                                images.prepare(
                                        container.id(),
                                        container.imageId(),
                                        pod.config().security().namespaces().userNamespace(),
                                        writable(pod, container)));
        boolean restored = restores.isRestored(container.id());
        if (restored) {
            steps.time("layers", () -> restores.fill(container.id()));
        }
        UserResolver.Resolved user =
                steps.time(
                        "user",
                        "find out its user",
                        () ->
                                new UserResolver(
                                                (path, limit) ->
                                                        images.readFile(
                                                                container.imageId(), path, limit))
                                        .resolve(
                                                container.config().security(),
                                                container.config().extras().groups(),
                                                container.image().user()));
        Container resolved =
                container.runAs(
                        new Container.User(user.uid(), user.gid(), user.groups(), user.home()));
        specs.check(pod, resolved);
        OciSpec spec =
                steps.time(
                        "specification",
                        "put its configuration together",
                        () -> specs.build(pod, resolved, rootfs));
        if (restored) {
            restores.check(container.id(), spec);
        }
        container.logPath().ifPresent(CreateContainer::makeParent);
        steps.time(
                "record",
                () ->
                        parts.world()
                                .changeContainer(
                                        container.id(),
                                        _ -> resolved.in(new ContainerState.Created())));
    }

    private WritableRequest writable(Pod pod, Container container) {
        return new WritableRequest(
                QuotaAnnotations.of(pod.config(), container.config()),
                parts.settings().defaults().durable().covers(container.scope()));
    }

    private static void makeParent(Path log) {
        Path parent = log.getParent();
        if (parent != null) {
            try {
                Files.createDirectories(parent);
            } catch (IOException e) {
                throw Failure.of("make the log directory " + parent, e);
            }
        }
    }
}
