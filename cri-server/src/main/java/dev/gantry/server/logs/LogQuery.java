package dev.gantry.server.logs;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What of a log is wanted.
 *
 * @param since nothing that is older
 * @param until nothing that is later
 * @param tail how many lines of the end; parts of a line count as one
 */
public record LogQuery(
        boolean stdout,
        boolean stderr,
        Optional<Instant> since,
        Optional<Instant> until,
        OptionalLong tail) {
    /** Whether it is of a stream that is wanted. */
    public boolean wants(LogRecord record) {
        return record.stderr() ? stderr : stdout;
    }

    boolean tooOld(LogRecord record) {
        return since.filter(record.at()::isBefore).isPresent();
    }

    boolean tooLate(LogRecord record) {
        return until.filter(record.at()::isAfter).isPresent();
    }
}
