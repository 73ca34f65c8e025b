package dev.gantry.imagestore.layers;

/** How an unpacked layer lies on disk. */
public enum LayerForm {
    /** A directory of the layer's files, in the form that overlayfs takes. */
    DIRECTORY,
    /** One file that the kernel mounts, written straight from the archive. */
    EROFS
}
