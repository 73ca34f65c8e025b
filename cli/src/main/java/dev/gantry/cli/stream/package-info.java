/** Calls that carry a person's input and a container's output. */
@NullMarked
package dev.gantry.cli.stream;

import org.jspecify.annotations.NullMarked;
