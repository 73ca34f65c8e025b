/** Writable layers of containers, and the layers that containers keep. */
@NullMarked
package dev.gantry.imagestore.rootfs;

import org.jspecify.annotations.NullMarked;
