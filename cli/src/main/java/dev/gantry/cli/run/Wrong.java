package dev.gantry.cli.run;

import dev.gantry.cli.args.UsageError;

/**
 * What is said about a value that an option cannot take: which option, which value, why, and what
 * would be right.
 */
final class Wrong {
    private Wrong() {}

    static UsageError value(String option, String value, String why) {
        return new UsageError(
                "invalid argument \"%s\" for \"%s\" flag: %s".formatted(value, option, why));
    }
}
