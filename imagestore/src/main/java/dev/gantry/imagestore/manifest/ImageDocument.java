package dev.gantry.imagestore.manifest;

import java.util.List;

/** What a reference leads to: one image, or a choice of them. */
public sealed interface ImageDocument {
    /** One image: its configuration, and its layers from the lowest up. */
    record Manifest(Descriptor config, List<Descriptor> layers) implements ImageDocument {
        public Manifest {
            layers = List.copyOf(layers);
        }
    }

    /** A choice of images, usually one a platform (OCI index, Docker manifest list). */
    record Index(List<Descriptor> manifests) implements ImageDocument {
        public Index {
            manifests = List.copyOf(manifests);
        }
    }
}
