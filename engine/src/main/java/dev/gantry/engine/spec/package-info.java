/**
 * From what CRI asks, what the image declares and what the machine has, to an OCI runtime
 * specification. Everything here is a function of its arguments, apart from looks at the host's
 * files.
 */
@NullMarked
package dev.gantry.engine.spec;

import org.jspecify.annotations.NullMarked;
