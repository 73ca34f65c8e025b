/** Processes: pidfds and signals, and taking down pins of namespaces. */
@NullMarked
package dev.gantry.linux.process;

import org.jspecify.annotations.NullMarked;
