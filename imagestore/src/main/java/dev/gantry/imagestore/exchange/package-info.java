/** Images in archives: OCI layouts, and what {@code docker save} writes. */
@NullMarked
package dev.gantry.imagestore.exchange;

import org.jspecify.annotations.NullMarked;
