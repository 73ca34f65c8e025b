package dev.gantry.local.volumes;

import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import java.util.regex.Pattern;

/** What a volume may be called: docker's rules, so that it is one name in a directory, too. */
final class VolumeNames {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{1,254}");

    private VolumeNames() {}

    static String check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Failure.invalid(
                    ("\"%s\" is not a volume's name: take 2 to 255 letters, digits and _ . - , a"
                                    + " letter or digit first; for a directory of this node, give its"
                                    + " absolute path")
                            .formatted(name));
        }
        return name;
    }

    static boolean is(String name) {
        return NAME.matcher(name).matches();
    }

    /** A name that nobody gave. */
    static String anonymous() {
        return Ids.random();
    }
}
