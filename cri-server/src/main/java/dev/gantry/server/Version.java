package dev.gantry.server;

/** What this build calls itself. */
final class Version {
    static final String NAME = "gantry";
    static final String VERSION = "0.1.0";

    private Version() {}
}
