/** A person's terminal: raw mode, its size, keys that let go, signals. */
@NullMarked
package dev.gantry.cli.terminal;

import org.jspecify.annotations.NullMarked;
