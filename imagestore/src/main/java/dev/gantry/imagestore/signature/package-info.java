/**
 * Which images may be pulled: a policy file by repository prefix, and cosign's key-based
 * signatures, verified without asking anybody but the image's own registry.
 */
@NullMarked
package dev.gantry.imagestore.signature;

import org.jspecify.annotations.NullMarked;
