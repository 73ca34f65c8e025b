/** The run that makes the AOT cache: every verb that reads, against prepared answers. */
@NullMarked
package dev.gantry.cli.train;

import org.jspecify.annotations.NullMarked;
