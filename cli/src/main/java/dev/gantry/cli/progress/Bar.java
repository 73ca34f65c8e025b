package dev.gantry.cli.progress;

import dev.gantry.cli.format.Sizes;
import java.util.Locale;

/**
 * How much of a total is done: {@code [=====> ] 12.3MB/45.6MB}, or less where there is less room.
 *
 * @param done in bytes
 * @param total in bytes; 0 or less when it is not known
 */
public record Bar(long done, long total) {
    private static final int WIDEST = 50;
    private static final int NARROWEST = 8;
    private static final int NUMBERS = "12.3MB/45.6MB".length();
    private static final int PERCENT = "100%".length();

    /** As a text that is at most so wide; all bars of one width stand below each other. */
    public String fit(int width) {
        if (total <= 0) {
            String text = Sizes.decimal(done);
            return text.length() <= width ? text : "";
        }
        long now = Math.clamp(done, 0, total);
        int room = Math.min(WIDEST, width - NUMBERS - "[] ".length());
        if (room >= NARROWEST) {
            return "[%s] %s".formatted(arrow(now, room), numbers(now));
        }
        if (width >= NUMBERS) {
            return numbers(now);
        }
        return width >= PERCENT ? "%3d%%".formatted(now * 100 / total) : "";
    }

    private String arrow(long now, int width) {
        int filled = (int) ((double) now / total * width);
        String head = filled == width ? "=" : ">";
        String arrow = "=".repeat(Math.max(0, filled - 1)) + head;
        return arrow + " ".repeat(width - arrow.length());
    }

    private String numbers(long now) {
        return String.format(Locale.ROOT, "%6s/%-6s", Sizes.decimal(now), Sizes.decimal(total));
    }
}
