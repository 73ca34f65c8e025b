package dev.gantry.imagestore.erofs;

import dev.gantry.linux.fs.FileKind;

/** What a name in an image's tree stands for. */
public sealed interface Node permits Leaf, Directory {
    /** Its inode's byte in the image; of a directory only once the image is finished. */
    long position();

    FileKind kind();
}
