package dev.gantry.imagestore;

/** What an image holds, as its manifest says; recorded with the image. */
public sealed interface ImageKind {
    /** A root file system and what is run in it. */
    record Container() implements ImageKind {}

    /** The checkpoint of a container, as files in layers. */
    record Checkpoint() implements ImageKind {}

    /**
     * Anything else, as blobs that are kept as they are (OCI image specification 1.1, "Guidelines
     * for Artifact Usage"): no container is made of it.
     *
     * @param type its {@code artifactType}, or else the media type of its configuration
     */
    record Artifact(String type) implements ImageKind {}
}
