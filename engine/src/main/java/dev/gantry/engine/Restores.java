package dev.gantry.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.archive.Decompression;
import dev.gantry.imagestore.archive.PaxWriter;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.Timestamp;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Containers that are made from a checkpoint: one whose image is the path of an archive, or an
 * image that holds one. Its files lie in a directory of the container's until it has started.
 */
final class Restores {
    private static final Logger LOG = LoggerFactory.getLogger(Restores.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CONFIG_BYTES = 1 << 20;
    private static final int SPEC_BYTES = 16 << 20;
    private static final int DELETED_BYTES = 64 << 20;

    private final EngineSettings settings;
    private final Rooms rooms;

    Restores(Parts parts) {
        this.settings = parts.settings();
        this.rooms = parts.rooms();
    }

    /**
     * Brings the files of an archive into the container's directory, and returns the image that the
     * container was made from, which is pulled when it is not here. On failure nothing is left.
     */
    Image begin(String containerId, Path archive) {
        return begin(containerId, to -> CheckpointFiles.unpack(archive, to));
    }

    /** The same from an image that holds a checkpoint. */
    Image begin(String containerId, Image checkpoint) {
        List<Path> layers = rooms.images().layers(checkpoint.id());
        return begin(containerId, to -> CheckpointFiles.copy(layers, to));
    }

    private interface Source {
        void bring(Path to);
    }

    private Image begin(String containerId, Source source) {
        Path directory = settings.restore(containerId);
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            source.bring(directory);
            return base(config(directory.resolve(CheckpointFiles.CONFIG)));
        } catch (IOException e) {
            Trees.delete(directory);
            throw Failure.of("make " + directory, e);
        } catch (RuntimeException e) {
            Trees.delete(directory);
            throw e;
        }
    }

    private static CheckpointConfig config(Path file) throws IOException {
        JsonNode node = json(file, CONFIG_BYTES);
        return new CheckpointConfig(
                node.path("id").asText(),
                node.path("name").asText(),
                node.path("rootfsImage").asText(),
                node.path("rootfsImageRef").asText(),
                node.path("rootfsImageName").asText(),
                node.path("runtime").asText(),
                node.path("createdTime").asText(),
                node.path("checkpointedTime").asText());
    }

    private static JsonNode json(Path file, int limit) throws IOException {
        if (Files.size(file) > limit) {
            throw Failure.invalid(
                    "the checkpoint's %s is over %d bytes".formatted(file.getFileName(), limit));
        }
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "the checkpoint's %s is not JSON: %s"
                            .formatted(file.getFileName(), e.getOriginalMessage()),
                    e);
        }
    }

    /** By its digest where one is said, so that a tag which has moved on does no harm. */
    private Image base(CheckpointConfig config) {
        for (String exact : List.of(config.rootfsImageRef(), config.rootfsImage())) {
            Optional<Image> here = exact.isEmpty() ? Optional.empty() : rooms.images().find(exact);
            if (here.isPresent() && (digest(exact).isPresent() || exact.contains("@"))) {
                return here.get();
            }
        }
        String name =
                config.rootfsImageRef().contains("@")
                        ? config.rootfsImageRef()
                        : config.rootfsImageName();
        if (name.isEmpty()) {
            throw Failure.invalid(
                    "the checkpoint's %s names no image that its container was made from"
                            .formatted(CheckpointFiles.CONFIG));
        }
        Image image = rooms.images().find(name).orElseGet(() -> pull(name));
        Optional<Digest> wanted = digest(config.rootfsImageRef());
        if (wanted.isPresent() && !wanted.get().equals(image.id())) {
            throw Failure.precondition(
                    "the checkpoint was made of image %s, which \"%s\" no longer is: pull that image by its digest"
                            .formatted(wanted.get(), name));
        }
        return image;
    }

    private Image pull(String name) {
        try {
            return rooms.images().pull(ImageReference.parse(name), Optional.empty());
        } catch (Failure e) {
            throw e.during(
                    "the image that the checkpoint's container was made from is not on this node");
        }
    }

    /** An image's id, as runtimes write it with or without its algorithm. */
    private static Optional<Digest> digest(String text) {
        String hex = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
        return hex.matches("[0-9a-f]{64}")
                ? Optional.of(new Digest("sha256", hex))
                : Optional.empty();
    }

    boolean isRestored(String containerId) {
        return Files.isDirectory(settings.restore(containerId));
    }

    /** Brings what the container had changed in its root into the writable layer. */
    void fill(String containerId) {
        Path directory = settings.restore(containerId);
        Path diff = directory.resolve(CheckpointFiles.DIFF);
        try (InputStream deleted = new ByteArrayInputStream(whiteouts(directory));
                InputStream changed = open(diff);
                InputStream both = new SequenceInputStream(deleted, changed)) {
            rooms.images().fill(containerId, both);
        } catch (IOException e) {
            throw Failure.of("read " + diff, e);
        } catch (Failure e) {
            throw e.during("what the checkpoint's container changed in its root");
        }
    }

    private static InputStream open(Path diff) throws IOException {
        return Files.exists(diff)
                ? Decompression.open(Files.newInputStream(diff), MediaTypes.OCI_LAYER)
                : InputStream.nullInputStream();
    }

    /** CRI-O lists what was deleted beside the archive, a JSON array of paths. */
    private static byte[] whiteouts(Path directory) throws IOException {
        Path list = directory.resolve(CheckpointFiles.DELETED);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (Files.exists(list)) {
            for (JsonNode path : json(list, DELETED_BYTES)) {
                int slash = path.asText().lastIndexOf('/') + 1;
                String name = path.asText().substring(slash);
                if (name.isEmpty()) {
                    throw Failure.invalid("%s has an entry without a name".formatted(list));
                }
                String marked = path.asText().substring(0, slash) + ".wh." + name;
                // Without an end: the archive of the changes follows.
                new PaxWriter(out)
                        .add(
                                new PaxWriter.Header(
                                        PathBytes.of(marked),
                                        '0',
                                        PathBytes.EMPTY,
                                        0600,
                                        0,
                                        0,
                                        0,
                                        new Timestamp(0, 0),
                                        0,
                                        0,
                                        java.util.Map.of()));
            }
        }
        return out.toByteArray();
    }

    /** What was mounted in the container must be again: its processes may have it open. */
    void check(String containerId, OciSpec spec) {
        Path dump = settings.restore(containerId).resolve(CheckpointFiles.SPEC);
        if (!Files.exists(dump)) {
            return;
        }
        Set<String> here =
                spec.mounts().stream().map(OciMount::destination).collect(Collectors.toSet());
        try {
            List<String> missing =
                    Stream.of(json(dump, SPEC_BYTES).path("mounts"))
                            .flatMap(m -> m.valueStream())
                            .filter(Restores::isBind)
                            .map(m -> m.path("destination").asText())
                            .filter(m -> !here.contains(m))
                            .limit(20)
                            .toList();
            if (!missing.isEmpty()) {
                throw Failure.precondition(
                        "the checkpoint's container had mounts at %s, which the request does not have; add them"
                                .formatted(String.join(", ", missing)));
            }
        } catch (IOException e) {
            throw Failure.of("read " + dump, e);
        }
    }

    private static boolean isBind(JsonNode mount) {
        return mount.path("type").asText().equals("bind")
                || mount.path("options")
                        .valueStream()
                        .map(JsonNode::asText)
                        .anyMatch(o -> o.equals("bind") || o.equals("rbind"));
    }

    /** Removes the files; the container has started, or never will. */
    void end(String containerId) {
        try {
            Trees.delete(settings.restore(containerId));
        } catch (Failure e) {
            LOG.atWarn()
                    .addKeyValue("container", containerId)
                    .addKeyValue("error", e.message())
                    .log("files of a checkpoint are left");
        }
    }

    /** Removes those of containers that do not exist. */
    void sweep(Set<String> known) {
        Path all = settings.restore(".").normalize();
        try (Stream<Path> directories = Files.exists(all) ? Files.list(all) : Stream.empty()) {
            directories
                    .map(d -> d.getFileName().toString())
                    .filter(id -> !known.contains(id))
                    .forEach(this::end);
        } catch (IOException e) {
            throw Failure.of("list " + all, e);
        }
    }
}
