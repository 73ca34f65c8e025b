package dev.gantry.imagestore;

import dev.gantry.model.Digest;
import dev.gantry.model.ImageReference;
import java.time.Duration;
import java.util.List;

/**
 * What a pull tells whoever listens. First {@link Resolving}, then {@link Found} with everything
 * that is going to come, then {@link LayerState} whenever a layer moved on (a few times a second at
 * most, and always its last state), with {@link Retrying} in between. An image that is here already
 * has a {@link Found} and its layers are PRESENT. Who joins a pull hears how it stands first.
 */
public sealed interface PullProgress {
    /** The registry is asked what the reference means. */
    record Resolving(ImageReference reference) implements PullProgress {}

    /**
     * The image is known.
     *
     * @param manifest its manifest's digest, of the platform's one if an index led to it
     * @param layers from the lowest up
     */
    record Found(Digest manifest, List<Blob> layers) implements PullProgress {
        public Found {
            layers = List.copyOf(layers);
        }

        /** The bytes of all layers' blobs. */
        public long bytes() {
            return layers.stream().mapToLong(Blob::size).sum();
        }
    }

    /** A layer's blob, with its size in bytes as it is transferred. */
    record Blob(Digest digest, long size) {}

    /**
     * How a layer stands. All numbers are bytes of its blob, so they are comparable with its size.
     *
     * @param index into {@link Found#layers}
     * @param downloaded what is on disk, {@code resumed} included
     * @param resumed what an earlier, broken download had left on disk
     * @param unpacked what was read to unpack it
     */
    record LayerState(
            int index, Digest digest, Phase phase, long downloaded, long resumed, long unpacked)
            implements PullProgress {}

    /** The phases of a layer, in their order; FAILED and CANCELLED may follow any of the first. */
    enum Phase {
        WAITING,
        DOWNLOADING,
        /** The blob is here whole and verified, and its end is being unpacked. */
        UNPACKING,
        DONE,
        /** It was here before; nothing was fetched. */
        PRESENT,
        FAILED,
        CANCELLED
    }

    /**
     * Something went wrong that is worth another try.
     *
     * @param what that is tried again, e.g. {@code blob sha256:…}
     * @param attempt the number of the try that failed, from 1
     * @param delay before the next
     */
    record Retrying(String what, String reason, int attempt, Duration delay)
            implements PullProgress {}
}
