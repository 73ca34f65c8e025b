package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;

/** A file that is no directory: its inode is in the image already. */
public final class Leaf implements Node {
    private final long position;
    private final FileKind kind;
    private final PathBytes target;
    private final boolean whiteout;
    private int links = 1;

    Leaf(long position, FileKind kind, PathBytes target, boolean whiteout) {
        this.position = position;
        this.kind = kind;
        this.target = target;
        this.whiteout = whiteout;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileKind kind() {
        return kind;
    }

    /** Where a symlink leads; empty for all else. */
    public PathBytes target() {
        return target;
    }

    /** Whether it is overlayfs' mark of a removed name. */
    public boolean isWhiteout() {
        return whiteout;
    }

    /** Names that it has. */
    public int links() {
        return links;
    }

    void setLinks(int count) {
        links = count;
    }
}
