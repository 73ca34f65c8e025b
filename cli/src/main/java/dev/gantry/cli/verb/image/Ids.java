package dev.gantry.cli.verb.image;

/** Digests as people see them. */
final class Ids {
    private static final int BRIEF = 12;

    private Ids() {}

    /** The first twelve digits. */
    static String brief(String digest) {
        String digits = digest.substring(digest.indexOf(':') + 1);
        return digits.substring(0, Math.min(BRIEF, digits.length()));
    }
}
