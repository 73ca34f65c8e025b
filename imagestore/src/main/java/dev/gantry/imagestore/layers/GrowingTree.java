package dev.gantry.imagestore.layers;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.fs.PathBytes;
import dev.gantry.linux.fs.RootedDirectory.Links;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** The files of one layer while they are made, in one of the forms that a layer can have. */
interface GrowingTree extends Closeable {
    /** The root; closed with the tree. */
    GrowingDirectory top();

    /**
     * Opens a directory below; the empty path is the root.
     *
     * @throws ErrnoException as openat2(2) says it
     */
    GrowingDirectory open(PathBytes path, Links links) throws ErrnoException;

    /** Completes the layer; the last thing to do. */
    void finish() throws IOException;

    /** The directories that may show what the layers below have at their place. */
    List<ImpliedDirectory> implied();

    @Override
    void close();
}
