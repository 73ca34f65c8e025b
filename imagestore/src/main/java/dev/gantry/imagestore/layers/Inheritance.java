package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.erofs.Attributes;
import dev.gantry.imagestore.erofs.ImagePatch;
import dev.gantry.imagestore.erofs.Xattr;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.DirectoryHandle;
import dev.gantry.linux.fs.FileStatus;
import dev.gantry.linux.fs.RootedDirectory;
import dev.gantry.linux.fs.RootedDirectory.Links;
import dev.gantry.linux.fs.XattrName;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Copies what the layers below say of a directory to one that a layer has without an entry. */
final class Inheritance {
    private Inheritance() {}

    /** Somebody who gives a directory what another one has. */
    private interface Heir {
        void inherit(ImpliedDirectory directory, FileStatus status, Map<XattrName, byte[]> xattrs)
                throws IOException;
    }

    static void run(
            LayerForm form,
            Path target,
            List<ImpliedDirectory> directories,
            List<Path> lowersTopFirst) {
        if (directories.isEmpty() || lowersTopFirst.isEmpty()) {
            return;
        }
        try (LayerStack below = LayerStack.open(lowersTopFirst)) {
            switch (form) {
                case DIRECTORY -> onDisk(target, directories, below);
                case EROFS -> inImage(target, directories, below);
            }
        } catch (IOException e) {
            throw Failure.of("inherit directories of " + target, e);
        }
    }

    private static void onDisk(Path target, List<ImpliedDirectory> directories, LayerStack below)
            throws IOException {
        try (RootedDirectory root = RootedDirectory.open(target)) {
            run(directories, below, (heir, status, xattrs) -> onDisk(root, heir, status, xattrs));
        }
    }

    private static void inImage(Path target, List<ImpliedDirectory> directories, LayerStack below)
            throws IOException {
        try (ImagePatch image = ImagePatch.open(target)) {
            run(directories, below, (heir, status, xattrs) -> inImage(image, heir, status, xattrs));
            image.finish();
        }
    }

    private static void run(List<ImpliedDirectory> directories, LayerStack below, Heir heir)
            throws IOException {
        for (ImpliedDirectory directory : directories) {
            Optional<LayerStack.Found> model = below.find(directory.path().components());
            if (model.isPresent() && model.get().status().isDirectory()) {
                heir.inherit(directory, model.get().status(), xattrs(below, model.get()));
            }
        }
    }

    private static Map<XattrName, byte[]> xattrs(LayerStack below, LayerStack.Found model)
            throws ErrnoException {
        Map<XattrName, byte[]> xattrs = new HashMap<>();
        try (DirectoryHandle from = below.openDirectory(model)) {
            for (XattrName name : from.xattrs().list()) {
                if (!name.toString().startsWith("trusted.overlay.") && isKnown(name)) {
                    from.xattrs().get(name).ifPresent(value -> xattrs.put(name, value));
                }
            }
        }
        return xattrs;
    }

    /** Of the system's own attributes only ACLs mean the same on another file system. */
    private static boolean isKnown(XattrName name) {
        String text = name.toString();
        return !text.startsWith("system.") || text.startsWith("system.posix_acl_");
    }

    private static void onDisk(
            RootedDirectory root,
            ImpliedDirectory heir,
            FileStatus status,
            Map<XattrName, byte[]> xattrs)
            throws ErrnoException {
        try (DirectoryHandle directory = root.openDirectory(heir.path(), Links.REFUSED)) {
            directory.chown(status.uid(), status.gid());
            for (Map.Entry<XattrName, byte[]> xattr : xattrs.entrySet()) {
                Metadata.ignoringUnsupported(
                        () -> directory.setXattr(xattr.getKey(), xattr.getValue()));
            }
            directory.chmod(status.permissions());
            directory.setTimes(status.modified(), status.modified());
        }
    }

    private static void inImage(
            ImagePatch image,
            ImpliedDirectory heir,
            FileStatus status,
            Map<XattrName, byte[]> xattrs)
            throws IOException {
        Map<Xattr.Name, byte[]> named = new HashMap<>();
        xattrs.forEach((name, value) -> named.put(Xattr.Name.of(name), value));
        image.inherit(
                heir.position(),
                new Attributes(
                        status.permissions(),
                        status.uid(),
                        status.gid(),
                        status.modified(),
                        named));
    }
}
