package dev.gantry.cli.run;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 1m30s}, {@code 1.5h}, {@code 250ms}. */
public final class Durations {
    private static final String PART = "(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h)";
    private static final Pattern WHOLE = Pattern.compile("([-+]?)(?:0|(?:" + PART + ")+)");
    private static final Pattern NEXT = Pattern.compile(PART);

    private Durations() {}

    /** Whether a text is a duration. */
    public static boolean is(String text) {
        return WHOLE.matcher(text).matches();
    }

    /** The nanoseconds of a duration that was given to an option, or a usage error. */
    public static long nanos(String option, String text) {
        Matcher whole = WHOLE.matcher(text);
        if (!whole.matches()) {
            throw Wrong.value(
                    option,
                    text,
                    "invalid duration; write numbers with units of ms, s, m or h, such as 1m30s");
        }
        BigDecimal sum = BigDecimal.ZERO;
        Matcher part = NEXT.matcher(text);
        while (part.find()) {
            sum = sum.add(new BigDecimal("0" + part.group(1)).multiply(unit(part.group(2))));
        }
        if (sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw Wrong.value(option, text, "longer than 292 years");
        }
        long nanos = sum.setScale(0, RoundingMode.DOWN).longValueExact();
        return whole.group(1).equals("-") ? -nanos : nanos;
    }

    private static BigDecimal unit(String name) {
        return BigDecimal.valueOf(
                switch (name) {
                    case "ns" -> 1L;
                    case "us", "µs" -> 1_000L;
                    case "ms" -> 1_000_000L;
                    case "s" -> 1_000_000_000L;
                    case "m" -> 60_000_000_000L;
                    default -> 3_600_000_000_000L;
                });
    }
}
