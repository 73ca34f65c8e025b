package dev.gantry.cli.format;

import java.util.ArrayList;
import java.util.List;

/** A table as docker prints it: columns as wide as their widest cell, three spaces between them. */
public final class Table {
    private static final int GAP = 3;
    private static final int LEAST = 10;

    private final List<List<String>> rows = new ArrayList<>();

    /** A table with these titles. */
    public Table(String... titles) {
        rows.add(List.of(titles));
    }

    /** A table without titles. */
    public static Table untitled() {
        Table table = new Table();
        table.rows.clear();
        return table;
    }

    /** Adds a row. */
    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    /** Adds a row. */
    public void row(List<String> cells) {
        rows.add(List.copyOf(cells));
    }

    /** Prints it. */
    public void print(Out out) {
        lines().forEach(out::line);
    }

    /** Its lines. */
    public List<String> lines() {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size() - 1; i++) {
                int width = Math.max(LEAST, width(row.get(i)) + GAP);
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i));
                if (i < row.size() - 1) {
                    line.repeat(' ', widths.get(i) - width(row.get(i)));
                }
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
