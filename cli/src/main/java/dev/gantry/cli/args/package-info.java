/** Command lines by docker's rules: options are declared as values, and parsed into answers. */
@NullMarked
package dev.gantry.cli.args;

import org.jspecify.annotations.NullMarked;
