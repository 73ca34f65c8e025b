package dev.gantry.runtime;

import java.time.Instant;

/** The durable record of a container's end, as the shim left it on disk. */
public record ExitRecord(String containerId, int pid, Instant startedAt, Exit exit) {}
