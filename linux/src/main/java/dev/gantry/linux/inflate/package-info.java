/** Decompression by the library that is fastest at it, where it is installed. */
@NullMarked
package dev.gantry.linux.inflate;

import org.jspecify.annotations.NullMarked;
