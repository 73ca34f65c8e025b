/**
 * The documents of an image: indexes, manifests and configurations, OCI's and Docker schema 2's,
 * read from untrusted JSON into values; and the choice of a platform.
 */
@NullMarked
package dev.gantry.imagestore.manifest;

import org.jspecify.annotations.NullMarked;
