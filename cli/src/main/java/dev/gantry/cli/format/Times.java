package dev.gantry.cli.format;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times, which the daemon gives in nanoseconds since the epoch. */
public final class Times {
    private static final long NANOS = 1_000_000_000L;
    private static final DateTimeFormatter CREATED =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z z", java.util.Locale.ROOT);
    private static final Pattern SPAN = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(h|ms|m|s|us|ns)");
    private static final Pattern SECONDS = Pattern.compile("([0-9]+)(?:\\.([0-9]{1,9}))?");

    private Times() {}

    /** As an instant. */
    public static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }

    /** As docker's inspect shows it: RFC 3339 in UTC, and the year 1 for a time that is not. */
    public static String rfc3339(long nanos) {
        return nanos == 0 ? "0001-01-01T00:00:00Z" : instant(nanos).toString();
    }

    /** As docker's lists show it: {@code 2026-01-31 12:00:00 +0000 UTC}. */
    public static String created(long nanos) {
        return nanos == 0 ? "" : CREATED.format(instant(nanos).atZone(ZoneId.systemDefault()));
    }

    /** How long ago, in words, without "ago". */
    public static String since(long nanos) {
        return Durations.human(Duration.between(instant(nanos), Instant.now()));
    }

    /** How long ago, in words; nothing for a time that is not known. */
    public static String ago(long nanos) {
        return nanos == 0 ? "N/A" : since(nanos) + " ago";
    }

    /**
     * What people type for a time: RFC 3339 with or without parts at the end, seconds since the
     * epoch, or a span like {@code 10m} or {@code 1h30m} before now.
     */
    public static long parse(String text, Instant now) {
        Matcher seconds = SECONDS.matcher(text);
        if (seconds.matches()) {
            String fraction = seconds.group(2) == null ? "" : seconds.group(2);
            return Long.parseLong(seconds.group(1)) * NANOS
                    + Long.parseLong((fraction + "000000000").substring(0, 9));
        }
        if (text.matches("(?:[0-9]+(?:\\.[0-9]+)?(?:h|ms|m|s|us|ns))+")) {
            return nanos(now) - span(text);
        }
        try {
            return nanos(date(text));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is no time: write 2026-01-31T12:00:00, seconds since the epoch, or a span like 10m"
                            .formatted(text),
                    e);
        }
    }

    /** A span as Go writes it: {@code 1h30m}, {@code 500ms}. */
    public static long span(String text) {
        Matcher part = SPAN.matcher(text);
        double nanos = 0;
        while (part.find()) {
            nanos += Double.parseDouble(part.group(1)) * unit(part.group(2));
        }
        return (long) nanos;
    }

    private static double unit(String name) {
        return switch (name) {
            case "h" -> 3600e9;
            case "m" -> 60e9;
            case "s" -> 1e9;
            case "ms" -> 1e6;
            case "us" -> 1e3;
            default -> 1;
        };
    }

    private static Instant date(String text) {
        if (text.length() == 10) {
            return LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant();
        }
        if (text.endsWith("Z") || text.lastIndexOf('+') > 10 || text.lastIndexOf('-') > 10) {
            return OffsetDateTime.parse(text).toInstant();
        }
        return LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * NANOS + instant.getNano();
    }
}
