package dev.gantry.cli.template;

import dev.gantry.cli.template.Node.Command;
import dev.gantry.cli.template.Node.Operand;
import dev.gantry.cli.template.Node.Pipeline;
import dev.gantry.cli.template.Node.Root;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Understands what stands between {@code {{} and {@code }}}. */
final class ActionParser {
    private final String text;
    private final int end;
    private int at;

    /** For the characters of a template from one place to another. */
    ActionParser(String text, int from, int end) {
        this.text = text;
        this.end = end;
        at = from;
    }

    int place() {
        return at;
    }

    void space() {
        while (at < end && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    boolean atEnd() {
        space();
        return at >= end;
    }

    private char peek() {
        return at < end ? text.charAt(at) : 0;
    }

    /** Takes a word if it is the next one. */
    boolean keyword(String word) {
        space();
        int after = at + word.length();
        if (after > end || !text.startsWith(word, at)) {
            return false;
        }
        if (after < end && isName(text.charAt(after))) {
            return false;
        }
        at = after;
        return true;
    }

    boolean symbol(String symbol) {
        space();
        if (at + symbol.length() <= end && text.startsWith(symbol, at)) {
            at += symbol.length();
            return true;
        }
        return false;
    }

    private static boolean isName(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    private String name() {
        int from = at;
        while (at < end && isName(text.charAt(at))) {
            at++;
        }
        return text.substring(from, at);
    }

    /** A variable's name with its {@code $}, if one follows. */
    Optional<String> variable() {
        space();
        if (peek() != '$') {
            return Optional.empty();
        }
        at++;
        return Optional.of("$" + name());
    }

    /** A pipeline with or without an assignment, up to the end. */
    Pipeline whole() {
        int from = at;
        Optional<String> variable = variable();
        if (variable.isPresent() && !(symbol(":=") || assigned())) {
            at = from;
            variable = Optional.empty();
        }
        Pipeline pipeline = pipeline();
        if (!atEnd()) {
            throw new TemplateError(at, "unexpected \"" + peek() + "\"");
        }
        return new Pipeline(variable, pipeline.commands());
    }

    private boolean assigned() {
        space();
        return at + 1 < end && text.charAt(at + 1) != '=' && symbol("=");
    }

    /** A pipeline up to the end or a closing parenthesis. */
    Pipeline pipeline() {
        List<Command> commands = new ArrayList<>();
        do {
            space();
            int column = at;
            List<Operand> words = new ArrayList<>();
            while (!atEnd() && peek() != '|' && peek() != ')') {
                words.add(operand());
            }
            if (words.isEmpty()) {
                throw new TemplateError(column, "a value is missing");
            }
            commands.add(new Command(column, words));
        } while (symbol("|"));
        return new Pipeline(Optional.empty(), commands);
    }

    private Operand operand() {
        int column = at;
        char c = peek();
        if (c == '"') {
            return new Operand.Literal(column, quoted());
        }
        if (c == '`') {
            int close = text.indexOf('`', at + 1);
            if (close < 0 || close >= end) {
                throw new TemplateError(column, "a raw string does not end");
            }
            at = close + 1;
            return new Operand.Literal(column, text.substring(column + 1, close));
        }
        if (Character.isDigit(c) || c == '-') {
            return number(column);
        }
        if (c == '.') {
            return new Operand.Path(column, new Root.Dot(), fields());
        }
        if (c == '$') {
            return new Operand.Path(column, new Root.Variable(variable().orElseThrow()), fields());
        }
        if (symbol("(")) {
            Pipeline nested = pipeline();
            if (!symbol(")")) {
                throw new TemplateError(column, "a parenthesis is not closed");
            }
            return new Operand.Path(column, new Root.Nested(nested), fields());
        }
        return word(column);
    }

    private Operand word(int column) {
        String name = name();
        return switch (name) {
            case "true" -> new Operand.Literal(column, true);
            case "false" -> new Operand.Literal(column, false);
            case "" -> throw new TemplateError(column, "unexpected \"" + peek() + "\"");
            default -> new Operand.Function(column, name);
        };
    }

    /** {@code .A.B}, or a dot alone, or nothing. */
    private List<String> fields() {
        List<String> fields = new ArrayList<>();
        while (peek() == '.') {
            at++;
            String name = name();
            if (!name.isEmpty()) {
                fields.add(name);
            } else if (!fields.isEmpty()) {
                throw new TemplateError(at, "a field's name is missing");
            }
        }
        return fields;
    }

    private Operand number(int column) {
        at++;
        while (at < end && (isName(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        String digits = text.substring(column, at);
        try {
            if (digits.indexOf('.') >= 0) {
                return new Operand.Literal(column, Double.parseDouble(digits));
            }
            return new Operand.Literal(column, Long.parseLong(digits));
        } catch (NumberFormatException e) {
            throw new TemplateError(column, "\"" + digits + "\" is no number");
        }
    }

    private String quoted() {
        int column = at++;
        StringBuilder result = new StringBuilder();
        while (at < end && peek() != '"') {
            char c = text.charAt(at++);
            if (c != '\\' || at >= end) {
                result.append(c);
                continue;
            }
            char escaped = text.charAt(at++);
            result.append(
                    switch (escaped) {
                        case 'n' -> '\n';
                        case 't' -> '\t';
                        case 'r' -> '\r';
                        case '"', '\\' -> escaped;
                        default -> throw new TemplateError(at - 2, "no such escape: \\" + escaped);
                    });
        }
        if (at >= end) {
            throw new TemplateError(column, "a string does not end");
        }
        at++;
        return result.toString();
    }
}
