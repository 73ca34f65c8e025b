/** Gantry's own services, {@code gantry.v1}: what its command needs and the CRI does not offer. */
@NullMarked
package dev.gantry.server.grpc.v1;

import org.jspecify.annotations.NullMarked;
