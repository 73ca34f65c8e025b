package dev.gantry.server.streaming;

import java.time.Duration;

/** What a peer can make this server hold, or do, at most. */
final class Limits {
    /** URLs that were given out and have not been used. */
    static final int TOKENS = 1000;

    static final Duration TOKEN_LIFE = Duration.ofMinutes(1);

    /** Connections at a time. The next one is closed at once. */
    static final int CONNECTIONS = 1024;

    /** The head of an HTTP request: its first line, and its headers. */
    static final int REQUEST_LINE = 4 << 10;

    static final int REQUEST_HEADERS = 16 << 10;

    /** The body of an HTTP request, which needs none. */
    static final int REQUEST_BODY = 1 << 10;

    /**
     * A SPDY control frame as it is sent, and its headers when they are decompressed. Deflate
     * reaches a thousandfold at most, so a frame costs some 16 MiB of inflating, and holds no more
     * than its headers' bound.
     */
    static final int CONTROL_FRAME = 16 << 10;

    static final int STREAM_HEADERS = 16 << 10;

    /** What a data frame is cut to while it is read. */
    static final int DATA_CHUNK = 16 << 10;

    /** A WebSocket message. */
    static final int MESSAGE = 1 << 20;

    /** Ports that are forwarded at a time over a connection; each is two streams. */
    static final int FORWARDS = 256;

    /** Bytes that were read from a connection and that nobody has taken; past it, reading stops. */
    static final int UNTAKEN = 256 << 10;

    /** Bytes that wait to be sent; a writer past it waits. */
    static final int UNSENT = 128 << 10;

    /** Answers to control frames that wait to be sent; past it, reading stops. */
    static final int ANSWERS = 64;

    /** What one copy between a stream and a process or socket holds. */
    static final int COPY = 16 << 10;

    /** A terminal size as JSON. */
    static final int TERMINAL_SIZE = 256;

    /**
     * How long a process's output that has ended may be quiet before what holds it open (a child in
     * the background) is left behind.
     */
    static final Duration QUIET = Duration.ofMillis(250);

    /** How long a client may take to read the rest and to close, once all has been said. */
    static final Duration LINGER = Duration.ofMinutes(15);

    private Limits() {}
}
