/** The daemon's log: one line an event on standard error, set up without files or scanning. */
@NullMarked
package dev.gantry.server.log;

import org.jspecify.annotations.NullMarked;
