package dev.gantry.imagestore.rootfs;

import dev.gantry.imagestore.disk.StoreLayout;
import dev.gantry.linux.mount.DetachedMount;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Overlays that sync nothing ({@code volatile}, Documentation/filesystems/overlayfs.rst). The
 * kernel leaves a mark beside the writable directory, and mounts none that has it: after a crash of
 * the machine it would show files that never came to the disk. As long as the machine has not been
 * booted since, what was written is in memory at least, and the mark is taken away.
 */
final class VolatileMounts {
    private static final Logger LOG = LoggerFactory.getLogger(VolatileMounts.class);
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final boolean possible;
    private final String boot;

    private VolatileMounts(boolean possible, String boot) {
        this.possible = possible;
        this.boot = boot;
    }

    /** Tries out whether the kernel mounts one on the store's file system. */
    static VolatileMounts open(StoreLayout layout) {
        Path directory = layout.temporary("volatile-probe");
        try {
            StoreLayout.privateDirectory(directory);
            Path upper = Files.createDirectory(directory.resolve("upper"));
            Path work = Files.createDirectory(directory.resolve("work"));
            Path lower = Files.createDirectory(directory.resolve("lower"));
            DetachedMount.overlay(lower, upper, work, "volatile").close();
            return new VolatileMounts(true, Files.readString(BOOT_ID).strip());
        } catch (IOException e) {
            LOG.atDebug()
                    .addKeyValue("error", e.getMessage())
                    .log("writable layers are all durable");
            return new VolatileMounts(false, "");
        } finally {
            StoreLayout.delete(List.of(directory));
        }
    }

    /** What to record of a new layer: this boot, when it is to be mounted so. */
    Optional<String> boot(boolean durable) {
        return durable || !possible ? Optional.empty() : Optional.of(boot);
    }

    /**
     * Lets a layer be mounted once more.
     *
     * @param made the boot that it was made in
     * @throws Failure FAILED_PRECONDITION when that was not this one
     */
    void allow(String containerId, Path work, String made) {
        if (!made.equals(boot)) {
            throw Failure.precondition(
                    "the writable layer of container %s was written without syncs before this machine was booted, so what is in it cannot be trusted: remove the container and make it anew (images.durable-writable-layers keeps layers over a boot)"
                            .formatted(containerId));
        }
        Path mark = work.resolve("work/incompat/volatile");
        try {
            if (Files.isDirectory(mark, LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(mark.resolve("dirty"));
                Files.deleteIfExists(mark);
            }
        } catch (IOException e) {
            throw StoreLayout.failure("make the writable layer " + work + " mountable again", e);
        }
    }
}
