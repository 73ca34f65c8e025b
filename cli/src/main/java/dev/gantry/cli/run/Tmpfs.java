package dev.gantry.cli.run;

import dev.gantry.proto.v1.TmpfsMount;

/** {@code --tmpfs}: {@code TARGET[:OPTIONS]}, with mount(8)'s options. */
final class Tmpfs {
    static final String OPTION = "--tmpfs";

    private Tmpfs() {}

    static TmpfsMount mount(String text) {
        int colon = text.indexOf(':');
        String path = colon < 0 ? text : text.substring(0, colon);
        TmpfsMount.Builder mount =
                TmpfsMount.newBuilder().setTarget(Volumes.target(OPTION, text, path));
        if (colon < 0 || colon == text.length() - 1) {
            return mount.build();
        }
        for (String word : text.substring(colon + 1).split(",", -1)) {
            if (word.startsWith("size=")) {
                mount.setSize(Sizes.bytes(OPTION, word.substring(5)));
            } else if (word.startsWith("mode=")) {
                mount.setMode(mode(OPTION, text, word.substring(5)));
            } else if (word.isBlank()) {
                throw Wrong.value(OPTION, text, "an option is empty; write TARGET:size=64m,noexec");
            } else {
                mount.addOptions(word);
            }
        }
        return mount.build();
    }

    static int mode(String option, String text, String octal) {
        try {
            int mode = Integer.parseInt(octal, 8);
            if (mode >= 0 && mode <= 07777) {
                return mode;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw Wrong.value(
                option, text, "invalid mode: " + octal + "; write octal digits, such as 1777");
    }
}
