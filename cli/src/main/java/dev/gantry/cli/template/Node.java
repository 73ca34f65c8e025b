package dev.gantry.cli.template;

import java.util.List;
import java.util.Optional;

/** What a template is made of. */
sealed interface Node {
    /** Characters that are copied. */
    record Text(String text) implements Node {}

    /** {@code {{pipeline}}}. */
    record Action(Pipeline pipeline) implements Node {}

    /** {@code {{if}}…{{else}}…{{end}}}, and with {@code with} the condition becomes the dot. */
    record If(Pipeline condition, List<Node> then, List<Node> otherwise, boolean with)
            implements Node {}

    /** {@code {{range $key, $value := pipeline}}…{{else}}…{{end}}}. */
    record Range(
            Optional<String> key,
            Optional<String> value,
            Pipeline over,
            List<Node> body,
            List<Node> otherwise)
            implements Node {}

    /**
     * Commands, each given the result of the one before as its last argument.
     *
     * @param variable what the result is assigned to; then nothing is printed
     */
    record Pipeline(Optional<String> variable, List<Command> commands) {}

    /** A function with its arguments, or a single value. */
    record Command(int column, List<Operand> words) {}

    /** One word of a command. */
    sealed interface Operand {
        int column();

        /** A value that is written out. */
        record Literal(int column, Object value) implements Operand {}

        /** A function's name. */
        record Function(int column, String name) implements Operand {}

        /** Fields of the dot, of a variable or of a pipeline in parentheses. */
        record Path(int column, Root root, List<String> fields) implements Operand {}
    }

    /** Where a path begins. */
    sealed interface Root {
        /** The dot. */
        record Dot() implements Root {}

        /** A variable; {@code $} is what the template was given. */
        record Variable(String name) implements Root {}

        /** A pipeline in parentheses. */
        record Nested(Pipeline pipeline) implements Root {}
    }
}
