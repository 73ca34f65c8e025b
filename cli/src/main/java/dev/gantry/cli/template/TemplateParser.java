package dev.gantry.cli.template;

import dev.gantry.cli.template.Node.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Understands a template. */
final class TemplateParser {
    private final String text;
    private int at;
    private String stop = "";
    private int stopColumn;
    private Optional<ActionParser> elseIf = Optional.empty();

    TemplateParser(String text) {
        this.text = text;
    }

    List<Node> parse() {
        List<Node> nodes = block();
        if (!stop.isEmpty()) {
            throw new TemplateError(stopColumn, "unexpected {{" + stop + "}}");
        }
        return nodes;
    }

    /** Nodes up to {@code end}, {@code else} or the end of the text; {@link #stop} says which. */
    private List<Node> block() {
        List<Node> nodes = new ArrayList<>();
        stop = "";
        while (at < text.length()) {
            int open = text.indexOf("{{", at);
            boolean trimBefore = open >= 0 && text.startsWith("{{- ", open);
            String literal = text.substring(at, open < 0 ? text.length() : open);
            if (!literal.isEmpty()) {
                nodes.add(new Node.Text(trimBefore ? literal.stripTrailing() : literal));
            }
            if (open < 0) {
                at = text.length();
                return nodes;
            }
            int close = close(open);
            int from = open + (trimBefore ? 3 : 2);
            boolean trimAfter = text.startsWith(" -", close - 2) && close - 2 >= from - 1;
            int to = trimAfter ? close - 2 : close;
            at = close + 2;
            while (trimAfter && at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (text.startsWith("/*", from)) {
                continue;
            }
            Optional<Node> node = action(new ActionParser(text, from, to), open);
            if (node.isEmpty()) {
                return nodes;
            }
            nodes.add(node.get());
        }
        return nodes;
    }

    /** Where an action's braces close; those in strings do not count. */
    private int close(int open) {
        char quote = 0;
        for (int i = open + 2; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == '\\' && quote == '"') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '"' || c == '`') {
                quote = c;
            } else if (text.startsWith("}}", i)) {
                return i;
            }
        }
        throw new TemplateError(open, "an action is not closed: }} is missing");
    }

    /** Empty for what ends a block. */
    private Optional<Node> action(ActionParser action, int column) {
        if (action.keyword("end")) {
            return stopped("end", column);
        }
        if (action.keyword("else")) {
            elseIf = action.keyword("if") ? Optional.of(action) : Optional.empty();
            return stopped("else", column);
        }
        if (action.keyword("if")) {
            return Optional.of(branches(action, column, /* with= */ false));
        }
        if (action.keyword("with")) {
            return Optional.of(branches(action, column, /* with= */ true));
        }
        if (action.keyword("range")) {
            return Optional.of(range(action, column));
        }
        for (String known : List.of("template", "define", "block", "break", "continue")) {
            if (action.keyword(known)) {
                throw new TemplateError(column, "{{" + known + "}} is not supported");
            }
        }
        return Optional.of(new Node.Action(action.whole()));
    }

    private Optional<Node> stopped(String by, int column) {
        stop = by;
        stopColumn = column;
        return Optional.empty();
    }

    private Node branches(ActionParser action, int column, boolean with) {
        Pipeline condition = action.whole();
        List<Node> then = block();
        return new Node.If(condition, then, otherwise(column), with);
    }

    /** What follows {@code else}, if it does, up to {@code end}. */
    private List<Node> otherwise(int column) {
        if (stop.equals("else")) {
            Optional<ActionParser> chained = elseIf;
            if (chained.isPresent()) {
                return List.of(branches(chained.get(), column, /* with= */ false));
            }
            List<Node> nodes = block();
            ended(column);
            return nodes;
        }
        ended(column);
        return List.of();
    }

    private void ended(int column) {
        if (!stop.equals("end")) {
            throw new TemplateError(column, "{{end}} is missing");
        }
        stop = "";
    }

    private Node range(ActionParser action, int column) {
        Optional<String> key = Optional.empty();
        Optional<String> value = Optional.empty();
        ActionParser ahead = new ActionParser(text, action.place(), at - 2);
        Optional<String> first = ahead.variable();
        Optional<String> second =
                first.isPresent() && ahead.symbol(",") ? ahead.variable() : Optional.empty();
        if (first.isPresent() && ahead.symbol(":=")) {
            action.variable();
            if (second.isPresent()) {
                action.symbol(",");
                action.variable();
                key = first;
                value = second;
            } else {
                value = first;
            }
            action.symbol(":=");
        }
        Pipeline over = action.whole();
        List<Node> body = block();
        return new Node.Range(key, value, over, body, otherwise(column));
    }
}
