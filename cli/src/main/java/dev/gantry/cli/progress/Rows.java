package dev.gantry.cli.progress;

import dev.gantry.cli.format.Out;
import dev.gantry.cli.terminal.Terminal;
import dev.gantry.cli.terminal.Window;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What becomes of several things, a row each: they change in place on a terminal; elsewhere there
 * is a line whenever a thing's state is another one.
 */
public final class Rows {
    /** A bar that moves is drawn no more often. */
    private static final long PAUSE_NANOS = 50_000_000;

    private final PrintStream to;
    private final Optional<Block> block;
    private final LongSupplier nanos;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private long drawnAt;
    private int stateWidth;

    private record Row(String state, Optional<Bar> bar, boolean settled) {}

    private Rows(PrintStream to, Optional<Block> block, LongSupplier nanos) {
        this.to = to;
        this.block = block;
        this.nanos = nanos;
    }

    /** Rows that change in place. */
    static Rows live(PrintStream to, Supplier<Terminal.Size> window, LongSupplier nanos) {
        return new Rows(to, Optional.of(new Block(to, window)), nanos);
    }

    /** A line for each state. */
    static Rows plain(PrintStream to) {
        return new Rows(to, Optional.empty(), System::nanoTime);
    }

    /** On standard output. */
    public static Rows of(Out out) {
        return out.live()
                ? live(out.stream(), new Window(1).watched(), System::nanoTime)
                : plain(out.stream());
    }

    /** On standard error. */
    public static Rows ofErrors(Out out) {
        return out.errorLive()
                ? live(out.errorStream(), new Window(2).watched(), System::nanoTime)
                : plain(out.errorStream());
    }

    /** Shows a thing that waits for something. */
    public void waiting(String name, String state) {
        show(name, new Row(state, Optional.empty(), /* settled= */ false));
    }

    /** Shows a thing that comes along; the bar is seen on a terminal only. */
    public void moving(String name, String state, Bar bar) {
        stateWidth = Math.max(stateWidth, state.length());
        show(name, new Row(state, Optional.of(bar), /* settled= */ false));
    }

    /** Shows a thing that nothing more becomes of. */
    public void settled(String name, String state) {
        show(name, new Row(state, Optional.empty(), /* settled= */ true));
    }

    /** Writes a line that stays, above the rows where there are some. */
    public void line(String text) {
        if (block.isPresent()) {
            block.get().above(text);
        } else {
            print(text);
        }
    }

    /** Leaves all rows where they are, those too that did not fit so far. */
    public void end() {
        block.ifPresent(
                shown -> {
                    shown.draw(
                            rows.entrySet().stream()
                                    .map(row -> text(row.getKey(), row.getValue(), shown.width()))
                                    .toList());
                    shown.leave();
                });
        rows.clear();
    }

    private void show(String name, Row row) {
        Row before = rows.put(name, row);
        boolean changed = before == null || !before.state().equals(row.state());
        if (block.isEmpty()) {
            if (changed) {
                print(name + ": " + row.state());
            }
            return;
        }
        long now = nanos.getAsLong();
        if (changed || now - drawnAt >= PAUSE_NANOS) {
            drawnAt = now;
            block.get().draw(lines(block.get()));
        }
    }

    private void print(String line) {
        to.print(line + "\n");
        to.flush();
    }

    /** Of more rows than fit, those that nothing more becomes of give way first, from above. */
    private List<String> lines(Block shown) {
        List<Map.Entry<String, Row>> some = new ArrayList<>(rows.entrySet());
        int excess = some.size() - shown.height();
        if (excess > 0) {
            excess++;
            for (var at = some.iterator(); excess > 0 && at.hasNext(); ) {
                if (at.next().getValue().settled()) {
                    at.remove();
                    excess--;
                }
            }
            some = some.subList(0, Math.max(0, some.size() - excess));
        }
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, Row> row : some) {
            lines.add(text(row.getKey(), row.getValue(), shown.width()));
        }
        if (some.size() < rows.size()) {
            lines.add(
                    "and %d more; %d of %d are done"
                            .formatted(
                                    rows.size() - some.size(),
                                    rows.values().stream().filter(Row::settled).count(),
                                    rows.size()));
        }
        return lines;
    }

    private String text(String name, Row row, int width) {
        String head = name + ": " + row.state();
        if (row.bar().isEmpty()) {
            return head;
        }
        String padded = head + " ".repeat(stateWidth - row.state().length() + 1);
        return padded + row.bar().get().fit(width - padded.length());
    }
}
