package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.run.Durations;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;

/**
 * Points in time as docker takes them: {@code 2026-01-02T15:04:05Z}, {@code 1767366245.5}, or
 * {@code 10m} ago.
 */
public final class Moments {
    private Moments() {}

    /** Nanoseconds since the epoch. */
    public static long nanos(String option, String text, Instant now) {
        if (text.matches("\\d+(\\.\\d+)?")) {
            return new BigDecimal(text).movePointRight(9).longValue();
        }
        if (Durations.is(text)) {
            return nanos(now) - Durations.nanos(option, text);
        }
        try {
            if (text.matches(".*T.*(Z|[+-]\\d\\d:\\d\\d)")) {
                return nanos(OffsetDateTime.parse(text).toInstant());
            }
            LocalDateTime local =
                    text.contains("T")
                            ? LocalDateTime.parse(text)
                            : LocalDate.parse(text).atStartOfDay();
            return nanos(local.atZone(ZoneId.systemDefault()).toInstant());
        } catch (DateTimeParseException e) {
            throw new CliFailure(
                    "invalid value for \"%s\": \"%s\" is no time; write 2026-01-02T15:04:05Z, seconds since 1970, or 10m for ten minutes ago"
                            .formatted(option, text));
        }
    }

    private static long nanos(Instant at) {
        return at.getEpochSecond() * 1_000_000_000L + at.getNano();
    }
}
