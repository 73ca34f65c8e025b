package dev.gantry.runtime;

/**
 * What a command in a container did. The arrays are the caller's.
 *
 * @param exitCode 0 to 255; 128 + signal for a signalled process
 * @param truncated whether output beyond the limit was dropped
 */
@SuppressWarnings("ArrayRecordComponent") // output, up to 16 MiB: never compared, not copied
public record ExecResult(int exitCode, byte[] stdout, byte[] stderr, boolean truncated) {}
