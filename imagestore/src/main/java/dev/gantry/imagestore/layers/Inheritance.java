package dev.gantry.imagestore.layers;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.model.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Copies what the layers below say of a directory to one that a layer has without an entry. */
final class Inheritance {
    private Inheritance() {}

    static void run(Path target, List<PathBytes> directories, List<Path> lowersTopFirst) {
        try (RootedDirectory root = RootedDirectory.open(target);
                LayerStack below = LayerStack.open(lowersTopFirst)) {
            for (PathBytes path : directories) {
                Optional<LayerStack.Found> model = below.find(path.components());
                if (model.isPresent() && model.get().status().isDirectory()) {
                    copy(below, model.get(), root, path);
                }
            }
        } catch (ErrnoException e) {
            throw Failure.of("inherit directories of " + target, e);
        }
    }

    private static void copy(
            LayerStack below, LayerStack.Found model, RootedDirectory root, PathBytes path)
            throws ErrnoException {
        FileStatus status = model.status();
        try (DirectoryHandle directory = root.openDirectory(path, Links.REFUSED);
                DirectoryHandle from = below.openDirectory(model)) {
            directory.chown(status.uid(), status.gid());
            for (XattrName name : from.xattrs().list()) {
                if (!name.toString().startsWith("trusted.overlay.")) {
                    Optional<byte[]> value = from.xattrs().get(name);
                    if (value.isPresent()) {
                        Metadata.ignoringUnsupported(() -> directory.setXattr(name, value.get()));
                    }
                }
            }
            directory.chmod(status.permissions());
            directory.setTimes(status.modified(), status.modified());
        }
    }
}
