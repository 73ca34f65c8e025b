/** Tar archives, as far as cp needs them: POSIX ustar with pax records, and GNU's long names. */
@NullMarked
package dev.gantry.cli.tar;

import org.jspecify.annotations.NullMarked;
