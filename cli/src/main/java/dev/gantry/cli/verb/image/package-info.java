/** Verbs about images. */
@NullMarked
package dev.gantry.cli.verb.image;

import org.jspecify.annotations.NullMarked;
