package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.content.ContentStore;
import dev.gantry.imagestore.manifest.ArtifactFiles;
import dev.gantry.imagestore.manifest.Descriptor;
import dev.gantry.imagestore.manifest.ImageDocument;
import dev.gantry.imagestore.records.Layer;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An artifact as a directory of its files, for containers that mount it: one layer, whose files are
 * the blobs of the content store by other names, so that it costs no disk and no time.
 */
public final class ArtifactTree {
    private final ContentStore content;
    private final LayerStore layers;

    public ArtifactTree(ContentStore content, LayerStore layers) {
        this.content = content;
        this.layers = layers;
    }

    /**
     * The layer, made now if it is not there; none for an artifact whose blobs cannot be files,
     * which {@link ArtifactFiles#of} gives the reason of. The caller holds the blobs and the layer.
     *
     * @param manifest the artifact's digest
     */
    public List<Layer> of(Digest manifest, ImageDocument.Manifest artifact) {
        Map<PathBytes, Descriptor> files;
        try {
            files = ArtifactFiles.of(artifact);
        } catch (Failure e) {
            return List.of();
        }
        return List.of(layers.assembled(manifest, directory -> link(files, directory)));
    }

    private long link(Map<PathBytes, Descriptor> files, Path directory) throws IOException {
        long inodes = 1;
        try (RootedDirectory root = RootedDirectory.open(directory)) {
            for (Map.Entry<PathBytes, Descriptor> file : files.entrySet()) {
                List<PathBytes> names = file.getKey().components();
                inodes += place(root, names, file.getValue().digest());
            }
        }
        return inodes;
    }

    /** Makes one file with the directories above it; how many of these were not there. */
    private long place(RootedDirectory root, List<PathBytes> names, Digest blob)
            throws IOException {
        long made = 0;
        for (int depth = 0; depth < names.size(); depth++) {
            PathBytes parent = PathBytes.join(names.subList(0, depth));
            PathBytes name = names.get(depth);
            try (DirectoryHandle directory =
                    root.openDirectory(parent, RootedDirectory.Links.REFUSED)) {
                if (depth == names.size() - 1) {
                    content.link(blob, directory, name);
                } else if (directory.find(name).isEmpty()) {
                    directory.mkdir(name);
                    directory.chmod(name, 0755);
                    made++;
                }
            }
        }
        return made;
    }
}
