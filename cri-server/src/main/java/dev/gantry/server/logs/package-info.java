/** Reading what containers have written, in the CRI's log format, whole or from the end. */
@NullMarked
package dev.gantry.server.logs;

import org.jspecify.annotations.NullMarked;
