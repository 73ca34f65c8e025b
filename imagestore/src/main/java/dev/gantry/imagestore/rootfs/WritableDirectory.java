package dev.gantry.imagestore.rootfs;

import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.linux.fs.FileSync;
import dev.gantry.model.Failure;
import dev.gantry.model.IdMappings;
import dev.gantry.model.Rootfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The directories of one container's writable layer. */
public final class WritableDirectory {
    private WritableDirectory() {}

    /** Makes the directory that all of it lies in. */
    static void open(Path directory) {
        try {
            StoreLayout.privateDirectory(directory);
        } catch (IOException e) {
            throw StoreLayout.failure("make the writable layer " + directory, e);
        }
    }

    /**
     * overlayfs shows the upper directory's owner and mode as those of the container's root. The
     * upper directory has the ids that processes have on the host.
     */
    static void make(Path directory, Rootfs rootfs, Optional<IdMappings> users) {
        try {
            StoreLayout.privateDirectory(directory);
            StoreLayout.privateDirectory(rootfs.work());
            if (Files.isDirectory(rootfs.upper(), LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            Path top = rootfs.lowers().getFirst();
            Path made = directory.resolve("upper.new");
            StoreLayout.privateDirectory(made);
            for (String name : List.of("uid", "gid", "mode")) {
                int value = (Integer) Files.getAttribute(top, "unix:" + name);
                Files.setAttribute(made, "unix:" + name, shown(name, value, users));
            }
            Files.move(made, rootfs.upper());
            if (rootfs.durable()) {
                sync(directory);
            }
        } catch (IOException e) {
            throw StoreLayout.failure("make the writable layer " + directory, e);
        }
    }

    /** The record of a layer may survive a loss of power, so its directories have to. */
    private static void sync(Path directory) throws IOException {
        FileSync.directory(directory);
        Path all = directory.getParent();
        if (all != null) {
            FileSync.directory(all);
        }
    }

    private static int shown(String name, int value, Optional<IdMappings> users) {
        if (name.equals("mode")) {
            return value & 07777;
        }
        if (users.isEmpty()) {
            return value;
        }
        long id = Integer.toUnsignedLong(value);
        OptionalLong outside =
                name.equals("uid") ? users.get().hostUid(id) : users.get().hostGid(id);
        if (outside.isEmpty()) {
            throw Failure.invalid(
                    "the root of the image has %s %d, which is not mapped in the pod's user namespace"
                            .formatted(name, id));
        }
        return (int) outside.getAsLong();
    }
}
