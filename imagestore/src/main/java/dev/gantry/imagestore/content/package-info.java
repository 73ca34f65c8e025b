/**
 * Blobs by digest on disk. A blob is visible under its digest only once all of its bytes were
 * hashed, compared and synced.
 */
@NullMarked
package dev.gantry.imagestore.content;

import org.jspecify.annotations.NullMarked;
