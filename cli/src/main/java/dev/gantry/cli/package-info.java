/** The command {@code gantry}: docker's verbs over the daemon's gRPC interface. */
@NullMarked
package dev.gantry.cli;

import org.jspecify.annotations.NullMarked;
