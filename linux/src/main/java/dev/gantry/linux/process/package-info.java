/** Processes: pidfds and signals, and namespaces that files pin. */
@NullMarked
package dev.gantry.linux.process;

import org.jspecify.annotations.NullMarked;
