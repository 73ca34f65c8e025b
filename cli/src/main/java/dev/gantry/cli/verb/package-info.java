/** The verbs, one class each. */
@NullMarked
package dev.gantry.cli.verb;

import org.jspecify.annotations.NullMarked;
