package dev.gantry.cli;

import java.util.Optional;

/** The version of this command. */
public final class Version {
    private Version() {}

    /** From the jar's manifest; "dev" outside a jar. */
    public static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("dev")
                .replace("-SNAPSHOT", "");
    }
}
