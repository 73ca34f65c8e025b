package dev.gantry.engine;

/**
 * The {@code config.dump} of a checkpoint; names and meaning are checkpointctl's.
 *
 * @param rootfsImage what the container's image is, as its runtime calls it
 * @param rootfsImageRef the image's id or repository digest
 * @param rootfsImageName as the container's creator named it
 */
record CheckpointConfig(
        String id,
        String name,
        String rootfsImage,
        String rootfsImageRef,
        String rootfsImageName,
        String runtime,
        String createdTime,
        String checkpointedTime) {}
