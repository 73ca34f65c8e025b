/** gantryd: the gRPC front door, configuration, metrics. */
@NullMarked
package dev.gantry.server;

import org.jspecify.annotations.NullMarked;
