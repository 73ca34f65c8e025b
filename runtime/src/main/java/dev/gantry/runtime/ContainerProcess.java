package dev.gantry.runtime;

import java.time.Instant;
import java.util.Optional;

/** A container as the shim knows it; without an exit it runs. */
public record ContainerProcess(String id, int pid, Instant startedAt, Optional<Exit> exit) {}
