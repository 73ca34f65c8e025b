package dev.gantry.runtime;

/**
 * Counters of a network interface as seen from inside its namespace (/proc/net/dev).
 *
 * @param name e.g. {@code eth0}
 */
public record InterfaceStats(String name, Traffic received, Traffic sent) {
    /** One direction. */
    public record Traffic(long bytes, long packets, long errors, long dropped) {}
}
