package dev.gantry.imagestore;

import dev.gantry.model.Digest;

/**
 * What is about an image and is kept with it: a signature, an SBOM, an attestation (OCI
 * distribution specification 1.1, "Listing Referrers").
 *
 * @param digest of its manifest
 * @param subject what it is about: the image's manifest, or the index that led to it
 * @param mediaType of its manifest
 * @param artifactType what it is; empty when it does not say
 * @param size of its manifest and its blobs, in bytes
 */
public record ImageReferrer(
        Digest digest, Digest subject, String mediaType, String artifactType, long size) {}
