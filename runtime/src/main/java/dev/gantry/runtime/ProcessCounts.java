package dev.gantry.runtime;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * What the processes of a container hold.
 *
 * @param at when they were counted; for some seconds the same numbers are given again
 * @param descriptors open file descriptors
 * @param sockets those of them that are sockets; empty when there are too many to look at each
 * @param softOpenFiles the first process' soft limit of open files; empty when it has ended
 */
public record ProcessCounts(
        Instant at,
        long processes,
        long descriptors,
        OptionalLong sockets,
        OptionalLong softOpenFiles) {}
