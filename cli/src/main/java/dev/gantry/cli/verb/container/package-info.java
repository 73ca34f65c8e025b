/** Verbs about containers. */
@NullMarked
package dev.gantry.cli.verb.container;

import org.jspecify.annotations.NullMarked;
