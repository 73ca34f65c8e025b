package dev.gantry.server.config;

import java.util.ArrayList;
import java.util.List;

/** Writes the documented configuration: every key with its words, type and default. */
public final class ExampleFile {
    private static final int WIDTH = 96;

    private ExampleFile() {}

    /** The text of {@code etc/gantryd.toml}: every key is commented out at its default. */
    public static String text() {
        StringBuilder out = new StringBuilder();
        wrap(
                out,
                "The configuration of gantryd, with every key at its default. Uncomment what you"
                        + " change and keep the file at /etc/gantry/gantryd.toml, or name it with"
                        + " gantryd --config FILE. A key or a value that is not known stops the"
                        + " daemon with its line. Options on the command line stand above it.");
        String table = "";
        for (Key<?> key : Keys.ALL) {
            out.append('\n');
            if (!key.table().equals(table)) {
                table = key.table();
                boolean starred = table.indexOf('*') >= 0;
                if (starred) {
                    wrap(out, "One table a handler; a RuntimeClass's handler field names it.");
                }
                out.append(starred ? "#[" : "[").append(table.replace("*", "runc")).append("]\n");
            }
            entry(out, key);
        }
        return out.toString();
    }

    private static <T> void entry(StringBuilder out, Key<T> key) {
        wrap(out, key.doc());
        out.append('#')
                .append(key.leaf())
                .append(" = ")
                .append(key.type().write(key.preset()))
                .append('\n');
    }

    private static void wrap(StringBuilder out, String words) {
        List<String> line = new ArrayList<>();
        int length = 0;
        for (String word : words.split(" ", -1)) {
            if (length + word.length() + 3 > WIDTH) {
                out.append("# ").append(String.join(" ", line)).append('\n');
                line.clear();
                length = 0;
            }
            line.add(word);
            length += word.length() + 1;
        }
        out.append("# ").append(String.join(" ", line)).append('\n');
    }
}
