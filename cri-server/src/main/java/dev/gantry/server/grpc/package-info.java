/**
 * The gRPC front door: CRI's two services over a UNIX socket. A service translates the request,
 * calls the engine or the images, and translates the answer; it decides nothing.
 */
@NullMarked
package dev.gantry.server.grpc;

import org.jspecify.annotations.NullMarked;
