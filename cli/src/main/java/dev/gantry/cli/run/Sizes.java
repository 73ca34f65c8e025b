package dev.gantry.cli.run;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes in bytes as docker reads them: {@code 512m}, {@code 1.5g}, {@code 64MiB}; every unit is a
 * power of 1024.
 */
public final class Sizes {
    private static final Pattern FORM =
            Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kmgtp])?i?b?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "kmgtp";

    private Sizes() {}

    /** The bytes of a size that was given to an option, or a usage error. */
    public static long bytes(String option, String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw Wrong.value(
                    option,
                    text,
                    "invalid size; write a number and a unit of b, k, m or g, such as 512m");
        }
        String unit = form.group(2);
        int power = unit == null ? 0 : UNITS.indexOf(unit.toLowerCase(Locale.ROOT)) + 1;
        BigDecimal bytes =
                new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(1024).pow(power));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw Wrong.value(option, text, "more bytes than there can be");
        }
        return bytes.setScale(0, RoundingMode.DOWN).longValueExact();
    }
}
