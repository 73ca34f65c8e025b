package dev.gantry.conformance;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far two clients have to agree on one command line. */
sealed interface ParityExpectation {
    /** Equal exit codes, and both print something on standard output or neither does. */
    record Alike() implements ParityExpectation {}

    /** Equal exit codes, and equal standard outputs but for ids. */
    record Same() implements ParityExpectation {}

    /** Equal exit codes, and both say what is looked for, on whichever output. */
    record Says(Pattern what) implements ParityExpectation {}

    /**
     * Both refuse the command line itself and say what is looked for; docker exits with 125 then,
     * whichever verb it is.
     */
    record Refuses(Pattern what) implements ParityExpectation {}

    /** They differ on purpose. */
    record Differs(int podman, int gantry, String reason) implements ParityExpectation {}

    /**
     * Only ours is asked, since the other has no such thing or another one of that name.
     *
     * @param what has to be said on either output
     */
    record Only(int gantry, Pattern what, String reason) implements ParityExpectation {}

    Pattern DIFFERS = Pattern.compile("differs podman (\\d+), gantry (\\d+): (.+)");
    Pattern ONLY = Pattern.compile("only gantry (\\d+)(?: says (.+?))?: (.+)");

    /** Parses what stands behind {@code ##}; empty is {@link Alike}. */
    static ParityExpectation parse(String text) {
        if (text.isEmpty()) {
            return new Alike();
        }
        if (text.equals("same")) {
            return new Same();
        }
        if (text.startsWith("says ")) {
            return new Says(
                    Pattern.compile(
                            text.substring("says ".length()).strip(), Pattern.CASE_INSENSITIVE));
        }
        if (text.startsWith("refuses ")) {
            return new Refuses(
                    Pattern.compile(
                            text.substring("refuses ".length()).strip(), Pattern.CASE_INSENSITIVE));
        }
        Matcher differs = DIFFERS.matcher(text);
        if (differs.matches()) {
            return new Differs(
                    Integer.parseInt(differs.group(1)),
                    Integer.parseInt(differs.group(2)),
                    differs.group(3));
        }
        Matcher only = ONLY.matcher(text);
        if (only.matches()) {
            String what = only.group(2);
            return new Only(
                    Integer.parseInt(only.group(1)),
                    Pattern.compile(what == null ? "" : what, Pattern.MULTILINE),
                    only.group(3));
        }
        throw new IllegalArgumentException("no expectation: " + text);
    }
}
