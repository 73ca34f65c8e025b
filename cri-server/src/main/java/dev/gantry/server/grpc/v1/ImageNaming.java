package dev.gantry.server.grpc.v1;

import dev.gantry.model.ImageReference;

/** Names of images as docker shows them. */
final class ImageNaming {
    private static final String HUB = "docker.io/";
    private static final String LIBRARY = "docker.io/library/";

    private ImageNaming() {}

    /** {@code nginx:latest}, {@code host/name:tag}. */
    static String familiar(ImageReference reference) {
        return familiar(reference.toString());
    }

    /** The same of a name that is written out. */
    static String familiar(String name) {
        if (name.startsWith(LIBRARY)) {
            return name.substring(LIBRARY.length());
        }
        return name.startsWith(HUB) ? name.substring(HUB.length()) : name;
    }
}
