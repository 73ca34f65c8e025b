package dev.gantry.imagestore.exchange;

import dev.gantry.imagestore.LoadedImage;
import dev.gantry.imagestore.archive.Decompression;
import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.disk.Holds;
import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.imagestore.layers.ApplyLimits;
import dev.gantry.imagestore.manifest.ConfigParser;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.DocumentParser;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.manifest.Machine;
import dev.gantry.imagestore.manifest.MediaTypes;
import dev.gantry.imagestore.manifest.PlatformChoice;
import dev.gantry.imagestore.pull.ArtifactTree;
import dev.gantry.imagestore.pull.LayerPull;
import dev.gantry.imagestore.pull.LayerStore;
import dev.gantry.imagestore.records.Blob;
import dev.gantry.imagestore.records.ImageNames;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileSync;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageConfig;
import dev.gantry.model.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stores the images of an archive. It is spooled to disk whole, since its parts may come in any
 * order; then each image is checked, unpacked and recorded as a pulled one is. What an archive
 * leaves when one of its images is refused are the images before it.
 */
public final class ArchiveLoader {
    private final StoreLayout layout;
    private final Machine machine;
    private final ContentStore content;
    private final ImageNames names;
    private final LayerStore layers;
    private final Holds holds;
    private final ApplyLimits limits;

    public ArchiveLoader(
            StoreLayout layout,
            Machine machine,
            ContentStore content,
            ImageNames names,
            LayerStore layers,
            Holds holds,
            ApplyLimits limits) {
        this.layout = layout;
        this.machine = machine;
        this.content = content;
        this.names = names;
        this.layers = layers;
        this.holds = holds;
        this.limits = limits;
    }

    /** Reads the stream to its end, decompressing it when it is compressed. */
    public List<LoadedImage> load(InputStream stream) {
        Path directory = layout.temporary("load");
        try (InputStream archive = Decompression.open(stream, MediaTypes.OCI_LAYER);
                Holds.Hold hold = holds.open()) {
            StoreLayout.privateDirectory(directory);
            Spool spool = Spool.read(archive, directory, limits);
            List<LoadedImage> loaded = new ArrayList<>();
            for (ArchivedImage image : images(spool)) {
                loaded.add(store(spool, image, hold));
            }
            return loaded;
        } catch (IOException e) {
            throw Failure.of("read the archive", e);
        } finally {
            StoreLayout.delete(List.of(directory));
        }
    }

    private List<ArchivedImage> images(Spool spool) {
        boolean docker = spool.find(DockerArchive.MANIFEST).isPresent();
        if (spool.find(OciArchive.INDEX).isPresent()) {
            List<ArchivedImage> images = new OciArchive(spool, machine).images();
            return docker ? named(images, new DockerArchive(spool)) : images;
        }
        if (docker) {
            return new DockerArchive(spool).images();
        }
        throw Failure.invalid(
                "the archive has neither index.json, as an OCI layout has, nor manifest.json, as docker"
                        + " save writes since 1.10");
    }

    /** Docker's archives are both at once, and some of their names stand in one of them only. */
    private static List<ArchivedImage> named(List<ArchivedImage> images, DockerArchive docker) {
        return images.stream()
                .map(
                        image -> {
                            Set<ImageReference> all = new LinkedHashSet<>(image.references());
                            all.addAll(docker.references(OciArchive.path(image.config().digest())));
                            return image.named(List.copyOf(all));
                        })
                .toList();
    }

    private LoadedImage store(Spool spool, ArchivedImage image, Holds.Hold hold) {
        if (image.isArtifact()) {
            return artifact(spool, image, hold);
        }
        Digest id = image.id();
        if (image.config().size() > ConfigParser.MAX_BYTES) {
            throw new Failure(
                    Failure.Code.RESOURCE_EXHAUSTED,
                    "config %s has %d bytes, more than 8 MiB".formatted(id, image.config().size()));
        }
        adopt(spool, image, image.config(), hold);
        byte[] bytes = content.read(id, ConfigParser.MAX_BYTES);
        ImageConfig config = ConfigParser.parse(bytes, "config " + id);
        check(image, config);
        adoptRest(spool, image, hold);
        LayerPull.chainIds(config.diffIds()).forEach(hold::layer);
        List<Layer> unpacked = layers.unpackStored(image.layers(), config.diffIds());
        sync();
        names.record(
                new ImageNames.Complete(id, image.manifest(), image.kind(), blobs(image), unpacked),
                bytes,
                image.references());
        layers.recorded(unpacked);
        return new LoadedImage(id, image.references());
    }

    private LoadedImage artifact(Spool spool, ArchivedImage image, Holds.Hold hold) {
        adopt(spool, image, image.config(), hold);
        adoptRest(spool, image, hold);
        hold.layer(image.manifest());
        byte[] body = content.read(image.manifest(), DocumentParser.MAX_BYTES);
        String what = "manifest " + image.manifest();
        List<Layer> tree =
                DocumentParser.parse(body, "", what) instanceof ImageDocument.Manifest parts
                        ? new ArtifactTree(content, layers).of(image.manifest(), parts)
                        : List.of();
        sync();
        names.record(
                new ImageNames.Complete(
                        image.id(), image.manifest(), image.kind(), blobs(image), tree),
                body,
                image.references());
        layers.recorded(tree);
        return new LoadedImage(image.id(), image.references());
    }

    /** Documents and layers. */
    private void adoptRest(Spool spool, ArchivedImage image, Holds.Hold hold) {
        for (Map.Entry<Digest, byte[]> document : image.documents().entrySet()) {
            hold.blob(document.getKey());
            content.put(document.getKey(), document.getValue());
        }
        for (Descriptor layer : image.layers()) {
            adopt(spool, image, layer, hold);
        }
    }

    private void check(ArchivedImage image, ImageConfig config) {
        if (image.layers().size() != config.diffIds().size()) {
            throw new Failure(
                    Failure.Code.DATA_LOSS,
                    "image %s of the archive has %d layers, but its configuration names %d"
                            .formatted(
                                    image.config().digest(),
                                    image.layers().size(),
                                    config.diffIds().size()));
        }
        boolean says = !config.platform().architecture().isEmpty();
        if (!image.platformChosen() && says && !PlatformChoice.runs(config.platform(), machine)) {
            throw Failure.notFound(
                    "image %s of the archive is for %s, this machine is %s"
                            .formatted(image.config().digest(), config.platform(), machine));
        }
    }

    /** Several images may share a file; whoever comes first takes it. */
    private void adopt(Spool spool, ArchivedImage image, Descriptor descriptor, Holds.Hold hold) {
        hold.blob(descriptor.digest());
        if (content.has(descriptor.digest(), descriptor.size())) {
            return;
        }
        Spool.Spooled file = spool.required(image.files().getOrDefault(descriptor.digest(), ""));
        content.adopt(descriptor.digest(), descriptor.size(), file.file(), file.digest());
    }

    private static List<Blob> blobs(ArchivedImage image) {
        List<Blob> blobs = new ArrayList<>();
        image.documents()
                .forEach((digest, body) -> blobs.add(new Blob(digest, body.length, false, true)));
        blobs.add(new Blob(image.config().digest(), image.config().size(), false, true));
        for (Descriptor layer : image.layers()) {
            blobs.add(new Blob(layer.digest(), layer.size(), !image.isArtifact(), true));
        }
        return blobs;
    }

    private void sync() {
        try {
            FileSync.fileSystem(layout.layers());
        } catch (ErrnoException e) {
            throw Failure.of("sync the layers to disk", e);
        }
    }
}
