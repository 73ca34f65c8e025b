package dev.gantry.imagestore.archive;

import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.Timestamp;
import java.util.List;

/**
 * One entry of a tar archive, its pax and GNU extensions taken in.
 *
 * @param name as written, not cleaned
 * @param link target of a symlink or hardlink, else empty
 * @param mode the twelve permission bits
 * @param uid 0 to 4,294,967,294
 * @param size bytes of the file as it is to be, holes included; 0 for what has no data
 * @param deviceMajor of a device, else 0
 * @param data where the archive's data go in the file, in order; what is between is a hole
 */
public record TarEntry(
        TarKind kind,
        PathBytes name,
        PathBytes link,
        int mode,
        long uid,
        long gid,
        long size,
        Timestamp modified,
        int deviceMajor,
        int deviceMinor,
        List<TarXattr> xattrs,
        SparseMap data) {
    public TarEntry {
        xattrs = List.copyOf(xattrs);
    }
}
