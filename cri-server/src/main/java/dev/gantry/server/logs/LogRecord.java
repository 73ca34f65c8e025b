package dev.gantry.server.logs;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * One line of a log in the CRI's format: {@code 2026-01-02T03:04:05.123456789Z stdout F text}.
 *
 * @param partial the line goes on in the next record of its stream
 * @param data without the line feed that ends the record
 */
@SuppressWarnings("ArrayRecordComponent") // on its way through: never compared, not copied
public record LogRecord(Instant at, boolean stderr, boolean partial, byte[] data) {
    private static final int LONGEST_STAMP = 40;

    /** Reads a record; empty for what is none, as a line that a full disk has cut off. */
    public static Optional<LogRecord> parse(byte[] line, int from, int to) {
        int stamp = space(line, from, Math.min(to, from + LONGEST_STAMP));
        int stream = stamp < 0 ? -1 : space(line, stamp + 1, to);
        int tag = stream < 0 ? -1 : space(line, stream + 1, to);
        if (tag < 0) {
            return Optional.empty();
        }
        String name = text(line, stamp + 1, stream);
        boolean stderr = "stderr".equals(name);
        if (!stderr && !"stdout".equals(name)) {
            return Optional.empty();
        }
        // Tags are divided by colons; the first says whether the line is whole.
        boolean partial = line[stream + 1] == 'P';
        try {
            Instant at = Instant.parse(text(line, from, stamp));
            return Optional.of(
                    new LogRecord(at, stderr, partial, Arrays.copyOfRange(line, tag + 1, to)));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }

    private static int space(byte[] line, int from, int to) {
        for (int i = from; i < to; i++) {
            if (line[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    private static String text(byte[] line, int from, int to) {
        return new String(line, from, to - from, StandardCharsets.US_ASCII);
    }
}
