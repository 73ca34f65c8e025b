package dev.gantry.runtime;

import java.time.Instant;

/**
 * How a container ended.
 *
 * @param code 0 to 255; 128 + signal for a signalled process
 * @param signal 0 when none
 * @param oomKilled whether the kernel killed in its control group for want of memory
 */
public record Exit(int code, int signal, Instant finishedAt, boolean oomKilled) {}
