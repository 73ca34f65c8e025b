package dev.gantry.cli.progress;

import dev.gantry.cli.format.Sizes;

/** {@code [=====> ] 12.3MB/45.6MB}. */
public final class Bar {
    private static final int WIDTH = 30;

    private Bar() {}

    /** How much of a total is done; without a bar when the total is not known. */
    public static String of(long done, long total) {
        if (total <= 0) {
            return Sizes.decimal(done);
        }
        int filled = (int) Math.min(WIDTH, done * WIDTH / total);
        String arrow = filled == 0 ? ">" : "=".repeat(filled - 1) + (filled == WIDTH ? "=" : ">");
        String bar = (arrow + " ".repeat(WIDTH)).substring(0, WIDTH);
        return "[%s] %8s/%s"
                .formatted(bar, Sizes.decimal(Math.min(done, total)), Sizes.decimal(total));
    }
}
