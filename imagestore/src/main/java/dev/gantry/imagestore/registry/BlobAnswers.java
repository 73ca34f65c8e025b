package dev.gantry.imagestore.registry;

import dev.gantry.model.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges the head of an answer to a question for a blob or a part of it, before it is read. */
final class BlobAnswers {
    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

    private BlobAnswers() {}

    /**
     * Whether the answer is exactly the range {@code from} to {@code to} (exclusive); false for the
     * whole blob. Anything else is DATA_LOSS: it cannot be what was asked for.
     */
    static boolean check(String what, Response response, long from, long to, long size) {
        boolean partial = response.status() == 206;
        if (partial) {
            String range = response.header("Content-Range");
            Matcher matcher = CONTENT_RANGE.matcher(range);
            boolean right =
                    matcher.matches()
                            && Long.parseLong(matcher.group(1)) == from
                            && Long.parseLong(matcher.group(2)) == to - 1
                            && (matcher.group(3).equals("*")
                                    || Long.parseLong(matcher.group(3)) == size);
            if (!right) {
                throw lost(
                        "%s was asked for the bytes %d-%d of %d and answered with \"%s\""
                                .formatted(what, from, to - 1, size, clean(range)));
            }
        }
        long expected = partial ? to - from : size;
        long announced = response.headers().firstValueAsLong("Content-Length").orElse(expected);
        if (announced != expected) {
            throw lost(
                    partial
                            ? "%s announced %d bytes of a range of %d"
                                    .formatted(what, announced, expected)
                            : "%s announced %d bytes, the manifest %d"
                                    .formatted(what, announced, expected));
        }
        return partial;
    }

    private static String clean(String text) {
        String printable = text.replaceAll("\\p{Cntrl}+", " ");
        return printable.length() > 80 ? printable.substring(0, 80) + "…" : printable;
    }

    private static Failure lost(String what) {
        return new Failure(Failure.Code.DATA_LOSS, what);
    }
}
