package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.Timestamp;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A directory of a tree that grows; its names are in the image's order, which is that of bytes. */
public final class Directory implements Node {
    private final NavigableMap<PathBytes, Node> names = new TreeMap<>();
    private Attributes attributes = new Attributes(0755, 0, 0, Timestamp.EPOCH, Map.of());
    private boolean inherits;
    private long position;

    /** The names in it, to be changed by the owner of the tree. */
    public NavigableMap<PathBytes, Node> names() {
        return names;
    }

    public Attributes attributes() {
        return attributes;
    }

    /** Sets all but the xattrs, to which those that are given are added. */
    public void state(Attributes stated) {
        Map<Xattr.Name, byte[]> xattrs = new HashMap<>(attributes.xattrs());
        xattrs.putAll(stated.xattrs());
        attributes =
                new Attributes(
                        stated.permissions(),
                        stated.uid(),
                        stated.gid(),
                        stated.modified(),
                        xattrs);
    }

    /** Adds one xattr. */
    public void addXattr(Xattr.Name name, byte[] value) {
        Map<Xattr.Name, byte[]> xattrs = new HashMap<>(attributes.xattrs());
        xattrs.put(name, value);
        attributes =
                new Attributes(
                        attributes.permissions(),
                        attributes.uid(),
                        attributes.gid(),
                        attributes.modified(),
                        xattrs);
    }

    /** Whether its attributes may come from elsewhere later, see {@link ImagePatch}. */
    public boolean inherits() {
        return inherits;
    }

    public void setInherits(boolean value) {
        inherits = value;
    }

    @Override
    public long position() {
        return position;
    }

    void setPosition(long at) {
        position = at;
    }

    @Override
    public FileKind kind() {
        return FileKind.DIRECTORY;
    }
}
