package dev.gantry.engine;

/**
 * What a command run in a container left (CRI ExecSyncResponse). {@code truncated} says that more
 * was written than is kept; then a line at the end of {@code stderr} says so too.
 */
@SuppressWarnings("ArrayRecordComponent") // bytes pass through once; nobody compares them
public record ExecOutput(int exitCode, byte[] stdout, byte[] stderr, boolean truncated) {}
