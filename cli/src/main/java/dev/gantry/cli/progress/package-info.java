/** How long work comes along: bars on a terminal, plain lines elsewhere. */
@NullMarked
package dev.gantry.cli.progress;

import org.jspecify.annotations.NullMarked;
