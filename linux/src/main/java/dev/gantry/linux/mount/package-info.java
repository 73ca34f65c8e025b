/** Mounts that are held by a descriptor and attached nowhere. */
@NullMarked
package dev.gantry.linux.mount;

import org.jspecify.annotations.NullMarked;
