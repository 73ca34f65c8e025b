/** Verbs about the daemons that are known. */
@NullMarked
package dev.gantry.cli.verb.context;

import org.jspecify.annotations.NullMarked;
