package dev.gantry.cli.run;

import dev.gantry.proto.v1.Ulimit;
import java.util.List;

/** {@code --ulimit}: {@code NAME=SOFT[:HARD]}. */
final class Ulimits {
    private static final String OPTION = "--ulimit";
    private static final List<String> NAMES =
            List.of(
                    "as",
                    "core",
                    "cpu",
                    "data",
                    "fsize",
                    "locks",
                    "memlock",
                    "msgqueue",
                    "nice",
                    "nofile",
                    "nproc",
                    "rss",
                    "rtprio",
                    "rttime",
                    "sigpending",
                    "stack");

    private Ulimits() {}

    static Ulimit limit(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw Wrong.value(
                    OPTION,
                    text,
                    "invalid ulimit argument; write NAME=SOFT[:HARD], such as nofile=1024:4096");
        }
        String name = text.substring(0, equals);
        if (!NAMES.contains(name)) {
            throw Wrong.value(
                    OPTION,
                    text,
                    "invalid ulimit type: " + name + "; there are " + String.join(", ", NAMES));
        }
        String[] values = text.substring(equals + 1).split(":", -1);
        if (values.length > 2) {
            throw Wrong.value(
                    OPTION, text, "too many limit values, only two are allowed: SOFT:HARD");
        }
        long soft = number(text, values[0]);
        long hard = values.length == 1 ? soft : number(text, values[1]);
        if (hard != -1 && (soft == -1 || soft > hard)) {
            throw Wrong.value(
                    OPTION,
                    text,
                    "ulimit soft limit must be less than or equal to hard limit: "
                            + values[0]
                            + " > "
                            + hard);
        }
        return Ulimit.newBuilder().setName(name).setSoft(soft).setHard(hard).build();
    }

    private static long number(String text, String value) {
        try {
            long number = value.equals("unlimited") ? -1 : Long.parseLong(value);
            if (number >= -1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw Wrong.value(
                OPTION, text, "invalid limit: " + value + "; write a number, or -1 for no limit");
    }
}
