package dev.gantry.runtime;

import java.time.Instant;

/** A container that runs: the pid of its first process on the host, and since when. */
public record Started(int pid, Instant at) {}
