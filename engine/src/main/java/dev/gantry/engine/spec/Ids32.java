package dev.gantry.engine.spec;

import dev.gantry.model.Failure;
import java.util.Optional;

/** Numeric user and group ids: 0 to 2^32 - 2 (the last is "no change" to the kernel). */
final class Ids32 {
    private static final long LAST = 0xffff_fffeL;

    private Ids32() {}

    /** The number, when the text is one. */
    static Optional<Long> parse(String text) {
        if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(Ids32::digit)) {
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(text)).filter(number -> number <= LAST);
    }

    static long check(long number, String what) {
        if (number < 0 || number > LAST) {
            throw Failure.invalid("%s %d is not between 0 and %d".formatted(what, number, LAST));
        }
        return number;
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }
}
