package dev.gantry.imagestore.layers;

import dev.gantry.linux.fs.PathBytes;
import dev.gantry.model.Failure;
import java.nio.file.Path;

/** What a layer has used so far, held against its limits and the free space of the disk. */
final class Tally {
    /** Bytes written between two looks at the disk. */
    private static final long LOOK = 64L << 20;

    /** Memory for directories whose times are set at the end. */
    private static final long MAX_DIRECTORY_MEMORY = 64L << 20;

    private final Path target;
    private final ApplyLimits limits;
    private long entries;
    private long inodes;
    private long bytes;
    private long sinceLook = LOOK;
    private long directoryMemory;

    Tally(Path target, ApplyLimits limits) {
        this.target = target;
        this.limits = limits;
    }

    /** Counts headers read and directories made without one. */
    void entries(long count) {
        entries += count;
        if (entries > limits.maxEntries()) {
            throw exhausted("layer has over %d entries".formatted(limits.maxEntries()));
        }
    }

    void madeInode() {
        inodes++;
    }

    void removedInodes(long count) {
        inodes -= count;
    }

    /** Counts data that are about to be written. */
    void bytes(long count) {
        bytes += count;
        sinceLook += count;
        if (sinceLook >= LOOK) {
            sinceLook = 0;
            // statvfs by path: a FileStore looks for the mount point first, which a chroot does not
            // have.
            if (target.toFile().getUsableSpace() < limits.minFreeBytes()) {
                throw exhausted(
                        ("unpacking would leave less than %d MiB free on the file system of %s:"
                                        + " free space there, or move the root")
                                .formatted(limits.minFreeBytes() >> 20, target));
            }
        }
    }

    /** Takes back what was counted and needed no space. */
    void spared(long count) {
        bytes -= Math.min(bytes, count);
    }

    /** Counts a directory that is remembered to the end. */
    void remembered(PathBytes path, long more) {
        directoryMemory += 160 + path.length() + more;
        if (directoryMemory > MAX_DIRECTORY_MEMORY) {
            throw exhausted("layer has too many directories");
        }
    }

    long inodes() {
        return inodes;
    }

    long bytes() {
        return bytes;
    }

    static Failure exhausted(String message) {
        return new Failure(Failure.Code.RESOURCE_EXHAUSTED, message);
    }
}
