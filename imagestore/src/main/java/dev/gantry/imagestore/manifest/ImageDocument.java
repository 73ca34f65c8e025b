package dev.gantry.imagestore.manifest;

import dev.gantry.imagestore.ImageKind;
import dev.gantry.imagestore.archive.Decompression;
import java.util.List;
import java.util.Map;

/** What a reference leads to: one image, or a choice of them. */
public sealed interface ImageDocument {
    /**
     * One image: its configuration, and its layers from the lowest up; or an artifact with its
     * blobs.
     */
    record Manifest(
            Descriptor config,
            List<Descriptor> layers,
            String artifactType,
            Map<String, String> annotations)
            implements ImageDocument {
        /** checkpointctl's, which containerd and CRI-O take, and CRI-O's older one. */
        private static final List<String> CHECKPOINT =
                List.of(
                        "org.criu.checkpoint.container.name",
                        "io.kubernetes.cri-o.annotations.checkpoint.name");

        public Manifest {
            layers = List.copyOf(layers);
            annotations = Map.copyOf(annotations);
        }

        /**
         * What it holds. An artifact is what has no image's configuration; one with a type may have
         * that, too, and is told by what its layers are.
         */
        public ImageKind kind() {
            String configType = config.mediaType();
            boolean typed = !artifactType.isEmpty();
            if (!MediaTypes.isImageConfig(configType)
                    || (typed
                            && !layers.stream()
                                    .allMatch(l -> Decompression.isLayer(l.mediaType())))) {
                return new ImageKind.Artifact(typed ? artifactType : configType);
            }
            return CHECKPOINT.stream().anyMatch(annotations::containsKey)
                    ? new ImageKind.Checkpoint()
                    : new ImageKind.Container();
        }

        public boolean isArtifact() {
            return kind() instanceof ImageKind.Artifact;
        }
    }

    /** A choice of images, usually one a platform (OCI index, Docker manifest list). */
    record Index(List<Descriptor> manifests) implements ImageDocument {
        public Index {
            manifests = List.copyOf(manifests);
        }
    }
}
