/**
 * Speaks to registries (OCI distribution specification 1.1): which hosts serve a registry, by
 * {@code hosts.toml}; how they want to be authenticated with; and manifests and blobs, with a bound
 * on every size, a deadline on every wait, and errors that say which host answered what.
 */
@NullMarked
package dev.gantry.imagestore.registry;

import org.jspecify.annotations.NullMarked;
