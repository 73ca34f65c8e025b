package dev.gantry.cli.progress;

import dev.gantry.cli.terminal.Terminal;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;

/**
 * Lines at the end of a terminal's output that change in place. Only those that are others than
 * before are written, so that nothing flickers and a slow line carries little.
 */
public final class Block {
    private static final String TO_END_OF_LINE = "\u001b[K";
    private static final String TO_END_OF_SCREEN = "\u001b[J";

    private final PrintStream to;
    private final Supplier<Terminal.Size> window;
    private List<String> drawn = List.of();
    private int columns;

    /** A block at a terminal whose window is so large now. */
    public Block(PrintStream to, Supplier<Terminal.Size> window) {
        this.to = to;
        this.window = window;
    }

    /** How many lines fit: the cursor has one, too. */
    public int height() {
        return Math.max(1, window.get().rows() - 1);
    }

    /** How many characters fit on a line, whose last column is left free lest it wraps. */
    public int width() {
        return Math.max(1, window.get().columns() - 1);
    }

    /** Shows these lines in place of those that were shown last; what is too wide is cut. */
    public void draw(List<String> lines) {
        int now = window.get().columns();
        boolean same = now == columns;
        StringBuilder text = back();
        if (!same) {
            text.append(TO_END_OF_SCREEN);
        }
        List<String> cut = lines.stream().map(this::cut).toList();
        for (int i = 0; i < cut.size(); i++) {
            if (!same || i >= drawn.size() || !cut.get(i).equals(drawn.get(i))) {
                text.append(cut.get(i)).append(TO_END_OF_LINE);
            }
            text.append('\n');
        }
        if (same && cut.size() < drawn.size()) {
            text.append(TO_END_OF_SCREEN);
        }
        write(text);
        drawn = cut;
        columns = now;
    }

    /** Writes a text that stays, and the block below it. */
    public void above(String text) {
        write(back().append(TO_END_OF_SCREEN).append(text).append('\n'));
        List<String> before = drawn;
        drawn = List.of();
        draw(before);
    }

    /** Takes the lines away. */
    public void clear() {
        if (!drawn.isEmpty()) {
            write(back().append(TO_END_OF_SCREEN));
            drawn = List.of();
        }
    }

    /** Leaves the lines where they are; what is drawn next begins below. */
    public void leave() {
        drawn = List.of();
    }

    /**
     * To the block's first line. A window that became narrower has wrapped those too wide for it.
     */
    private StringBuilder back() {
        int width = Math.max(1, window.get().columns());
        int up = 0;
        for (String line : drawn) {
            up += Math.max(1, Math.ceilDiv(line.length(), width));
        }
        return new StringBuilder(up == 0 ? "" : "\r\u001b[" + up + "A");
    }

    private String cut(String line) {
        String bare = line.stripTrailing();
        return bare.length() <= width() ? bare : bare.substring(0, width());
    }

    private void write(StringBuilder text) {
        to.print(text);
        to.flush();
    }
}
