/**
 * A gRPC channel that is quick to start: the part of HTTP/2 (RFC 9113) and HPACK (RFC 7541) that a
 * gRPC client needs.
 */
@NullMarked
package dev.gantry.cli.http2;

import org.jspecify.annotations.NullMarked;
