package dev.gantry.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes as people write them: {@code 4096}, {@code 64KiB}, {@code 10GiB}. */
public final class ByteSize {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,19})(B|KiB|MiB|GiB|TiB)?");
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

    private ByteSize() {}

    /** Empty for what is not written so, and for what 63 bits do not hold. */
    public static Optional<Long> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int unit = matcher.group(2) == null ? 0 : UNITS.indexOf(matcher.group(2));
        try {
            return Optional.of(
                    Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * unit)));
        } catch (NumberFormatException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** In the largest unit that it is a whole number of. */
    public static String format(long bytes) {
        int unit = 0;
        long count = bytes;
        while (unit < UNITS.size() - 1 && count != 0 && count % 1024 == 0) {
            count /= 1024;
            unit++;
        }
        return count + UNITS.get(unit);
    }
}
