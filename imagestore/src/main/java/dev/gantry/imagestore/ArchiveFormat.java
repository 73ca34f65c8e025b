package dev.gantry.imagestore;

/** The forms in which images are saved to one file. */
public enum ArchiveFormat {
    /**
     * An OCI image layout (OCI image specification, image-layout.md) as a tar archive, with the
     * layers as they were pulled. {@code docker load} takes it, too.
     */
    OCI,
    /** What {@code docker save} writes, with plain layers. */
    DOCKER
}
