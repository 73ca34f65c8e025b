/** Verbs about the daemon. */
@NullMarked
package dev.gantry.cli.verb.system;

import org.jspecify.annotations.NullMarked;
