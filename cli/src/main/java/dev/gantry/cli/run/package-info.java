/** Docker's options of run and create, made into requests. */
@NullMarked
package dev.gantry.cli.run;

import org.jspecify.annotations.NullMarked;
