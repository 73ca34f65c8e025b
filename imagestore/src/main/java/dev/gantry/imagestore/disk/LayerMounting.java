package dev.gantry.imagestore.disk;

/** How the image of a layer can be mounted so that containers can have it as a layer of theirs. */
enum LayerMounting {
    /** Attached nowhere; overlay takes such a mount since Linux 6.15. */
    DETACHED,
    /** Attached in a namespace of the daemon's own, from which the launcher clones it (6.12). */
    ATTACHED,
    /** Not at all. */
    NONE
}
