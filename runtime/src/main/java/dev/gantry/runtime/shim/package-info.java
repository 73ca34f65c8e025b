/** The client of a pod's gantry-shim, as docs/shim-protocol.md says. */
@NullMarked
package dev.gantry.runtime.shim;

import org.jspecify.annotations.NullMarked;
