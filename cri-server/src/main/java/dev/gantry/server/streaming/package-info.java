/**
 * The streaming server: exec, attach and port forwarding over SPDY/3.1 and WebSocket, as kubelet,
 * crictl and kubectl speak them. A CRI call gets a URL with a token; who comes with the token gets
 * the streams.
 *
 * <p>Netty carries the bytes and a virtual thread each copies a stream. What a peer can make this
 * server hold is bounded everywhere: see {@link dev.gantry.server.streaming.Limits}.
 */
@NullMarked
package dev.gantry.server.streaming;

import org.jspecify.annotations.NullMarked;
