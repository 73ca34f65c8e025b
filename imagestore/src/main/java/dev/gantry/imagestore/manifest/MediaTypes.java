package dev.gantry.imagestore.manifest;

import java.util.List;
import java.util.Set;

/** The media types of images: OCI image specification 1.1 and Docker image manifest version 2. */
public final class MediaTypes {
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
    public static final String DOCKER_LIST =
            "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST =
            "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";

    /** What a registry is told that we understand, in the order of preference. */
    public static final List<String> ACCEPTED =
            List.of(OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST, "*/*;q=0.1");

    /** Docker's first builders called the configuration of an image an octet stream. */
    private static final Set<String> CONFIGS =
            Set.of(OCI_CONFIG, DOCKER_CONFIG, "application/octet-stream", "");

    private MediaTypes() {}

    /** Without parameters: {@code text/html; charset=utf-8} is {@code text/html}. */
    public static String bare(String contentType) {
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon)).strip();
    }

    public static boolean isIndex(String mediaType) {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_LIST);
    }

    public static boolean isManifest(String mediaType) {
        return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
    }

    public static boolean isImageConfig(String mediaType) {
        return CONFIGS.contains(mediaType);
    }

    /** A layer that may not be passed on: registries need not hold it, and it is never pushed. */
    public static boolean isForeignLayer(String mediaType) {
        return mediaType.startsWith("application/vnd.docker.image.rootfs.foreign.diff.tar")
                || mediaType.startsWith("application/vnd.oci.image.layer.nondistributable.");
    }

    /** Docker's manifest schema 1, which nothing has made for years. */
    public static boolean isSchema1(String mediaType) {
        return mediaType.startsWith("application/vnd.docker.distribution.manifest.v1+");
    }
}
