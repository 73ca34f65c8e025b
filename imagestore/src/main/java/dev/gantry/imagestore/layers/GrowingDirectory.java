package dev.gantry.imagestore.layers;

import dev.gantry.imagestore.archive.TarEntry;
import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.FileKind;
import dev.gantry.linux.fs.PathBytes;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/**
 * A directory of a layer that grows. A name is one component; no call follows a symlink. Errors are
 * those of the system calls that the methods are named after.
 */
interface GrowingDirectory extends Closeable {
    /**
     * What is under a name.
     *
     * @param inode tells files apart for as long as they are there
     * @param links names of a file
     */
    record Found(FileKind kind, boolean isWhiteout, long inode, long links) {
        boolean isDirectory() {
            return kind == FileKind.DIRECTORY;
        }
    }

    Optional<Found> find(PathBytes name) throws ErrnoException;

    GrowingDirectory openDirectory(PathBytes name) throws ErrnoException;

    /** The target of a symlink. */
    PathBytes readlink(PathBytes name) throws ErrnoException;

    /** Makes a file that must not be there (EEXIST, before any of the content is taken). */
    void createFile(PathBytes name, TarEntry entry, EntryData data) throws IOException;

    /** Makes a directory, to be told what it is by {@link #state} or {@link #imply}. */
    void mkdir(PathBytes name) throws ErrnoException;

    void symlink(PathBytes name, TarEntry entry) throws IOException;

    void mknod(PathBytes name, FileKind kind, TarEntry entry) throws IOException;

    /** Makes a name that hides the one of the layers below. */
    void whiteout(PathBytes name) throws IOException;

    /** Links a name of another directory, itself when it is a symlink, under a name here. */
    void hardlink(GrowingDirectory from, PathBytes existing, PathBytes name) throws IOException;

    void unlink(PathBytes name) throws IOException;

    /** Removes a directory and all below it; answers how many inodes' names went. */
    long removeTree(PathBytes name) throws IOException;

    /** Hides what the layers below have in this directory. */
    void makeOpaque() throws ErrnoException;

    /** Gives the directory what its entry says; a later entry wins. */
    void state(PathBytes path, TarEntry entry) throws ErrnoException;

    /**
     * Makes it a directory that had to be made for something in it.
     *
     * @param inherits whether the layers below may show it too
     */
    void imply(PathBytes path, boolean inherits) throws ErrnoException;

    @Override
    void close();
}
