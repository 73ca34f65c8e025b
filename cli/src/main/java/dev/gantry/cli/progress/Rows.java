package dev.gantry.cli.progress;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rows that change in place on a terminal; elsewhere a line whenever a row's state is another one.
 */
public final class Rows {
    private final PrintStream to;
    private final boolean terminal;
    private final Map<String, String> rows = new LinkedHashMap<>();
    private final Map<String, String> states = new LinkedHashMap<>();

    /** Rows that are written there. */
    public Rows(PrintStream to, boolean terminal) {
        this.to = to;
        this.terminal = terminal;
    }

    /**
     * Shows where one thing is.
     *
     * @param name in front of the row
     * @param state in a word or two: "Downloading"
     * @param detail what follows on a terminal only: a bar
     */
    public void show(String name, String state, String detail) {
        boolean changed = !state.equals(states.put(name, state));
        if (!terminal) {
            if (changed) {
                to.print(name + ": " + state + "\n");
                to.flush();
            }
            return;
        }
        StringBuilder drawn = new StringBuilder();
        if (!rows.isEmpty()) {
            drawn.append("\u001b[").append(rows.size()).append('A');
        }
        rows.put(name, name + ": " + state + (detail.isEmpty() ? "" : " " + detail));
        rows.values().forEach(row -> drawn.append("\r\u001b[2K").append(row).append('\n'));
        to.print(drawn);
        to.flush();
    }

    /** Writes a line that stays, below the rows. */
    public void line(String text) {
        rows.clear();
        to.print(text + "\n");
        to.flush();
    }
}
