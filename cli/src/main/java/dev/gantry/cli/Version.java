package dev.gantry.cli;

/** The version of this command; the daemon's own is in its room. */
public final class Version {
    private static final String VERSION = "0.1.0";

    private Version() {}

    /** As it is shown. */
    public static String text() {
        return VERSION;
    }
}
