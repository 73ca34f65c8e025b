package dev.gantry.imagestore.archive;

/** What an entry of a tar archive stands for. */
public enum TarKind {
    FILE,
    HARDLINK,
    SYMLINK,
    CHARACTER,
    BLOCK,
    DIRECTORY,
    FIFO
}
