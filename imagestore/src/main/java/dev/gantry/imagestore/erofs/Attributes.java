package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.Timestamp;
import java.util.Map;

/**
 * What an inode says of a file beside its content.
 *
 * @param permissions the twelve permission bits
 * @param uid of 32 bits, as gid
 * @param xattrs by their whole names
 */
public record Attributes(
        int permissions, long uid, long gid, Timestamp modified, Map<Xattr.Name, byte[]> xattrs) {
    public Attributes {
        xattrs = Map.copyOf(xattrs);
    }
}
