package dev.gantry.runtime;

import java.util.Optional;

/**
 * Pressure stall information of one resource (the kernel's Documentation/accounting/psi.rst).
 *
 * @param some at least one task waited for the resource
 * @param full every task waited; empty where the kernel does not say it
 */
public record Pressure(Line some, Optional<Line> full) {
    /**
     * One line of a pressure file.
     *
     * @param totalNanos time waited since the group was made; the kernel counts microseconds
     * @param avg10 percent of the last 10 seconds
     * @param avg60 percent of the last 60 seconds
     * @param avg300 percent of the last 300 seconds
     */
    public record Line(long totalNanos, double avg10, double avg60, double avg300) {}
}
