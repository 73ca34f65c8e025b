package dev.gantry.cli.template;

import dev.gantry.cli.template.Node.Command;
import dev.gantry.cli.template.Node.Operand;
import dev.gantry.cli.template.Node.Pipeline;
import dev.gantry.cli.template.Node.Root;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A template that was understood; it may be carried out on many values. */
public final class Template {
    private final List<Node> nodes;

    private Template(List<Node> nodes) {
        this.nodes = nodes;
    }

    /** Understands a template, or throws a {@link TemplateError}. */
    public static Template parse(String text) {
        return new Template(new TemplateParser(text).parse());
    }

    /** What it makes of a value: maps, lists, strings, numbers, booleans. */
    public String apply(@Nullable Object value) {
        Run run = new Run();
        run.variables.put("$", value);
        run.nodes(nodes, value);
        return run.out.toString();
    }

    /** One carrying out. */
    private static final class Run {
        final StringBuilder out = new StringBuilder();
        final Map<String, @Nullable Object> variables = new HashMap<>();

        void nodes(List<Node> nodes, @Nullable Object dot) {
            for (Node node : nodes) {
                switch (node) {
                    case Node.Text text -> out.append(text.text());
                    case Node.Action action -> {
                        Object value = value(action.pipeline(), dot);
                        if (action.pipeline().variable().isEmpty()) {
                            out.append(Functions.text(value));
                        }
                    }
                    case Node.If branch -> {
                        Object condition = value(branch.condition(), dot);
                        boolean truth = Functions.truth(condition);
                        nodes(
                                truth ? branch.then() : branch.otherwise(),
                                truth && branch.with() ? condition : dot);
                    }
                    case Node.Range range -> range(range, dot);
                }
            }
        }

        private void range(Node.Range range, @Nullable Object dot) {
            Object over = value(range.over(), dot);
            if (!Functions.truth(over)) {
                nodes(range.otherwise(), dot);
                return;
            }
            switch (over) {
                case Map<?, ?> map -> map.forEach((key, value) -> turn(range, key, value));
                case List<?> list -> {
                    for (int i = 0; i < list.size(); i++) {
                        turn(range, (long) i, list.get(i));
                    }
                }
                case null, default ->
                        throw new TemplateError(
                                range.over().commands().getFirst().column(),
                                "cannot range over " + Functions.text(over));
            }
        }

        private void turn(Node.Range range, Object key, @Nullable Object value) {
            range.key().ifPresent(name -> variables.put(name, key));
            range.value().ifPresent(name -> variables.put(name, value));
            nodes(range.body(), value);
        }

        private @Nullable Object value(Pipeline pipeline, @Nullable Object dot) {
            Object value = null;
            boolean first = true;
            for (Command command : pipeline.commands()) {
                value = command(command, dot, first ? List.of() : single(value));
                first = false;
            }
            Object result = value;
            pipeline.variable().ifPresent(name -> variables.put(name, result));
            return value;
        }

        private static List<@Nullable Object> single(@Nullable Object value) {
            List<@Nullable Object> list = new ArrayList<>();
            list.add(value);
            return list;
        }

        private @Nullable Object command(
                Command command, @Nullable Object dot, List<@Nullable Object> piped) {
            Operand head = command.words().getFirst();
            if (head instanceof Operand.Function function) {
                List<@Nullable Object> args = new ArrayList<>();
                for (Operand word : command.words().subList(1, command.words().size())) {
                    args.add(operand(word, dot));
                }
                args.addAll(piped);
                return Functions.call(function.column(), function.name(), args);
            }
            if (command.words().size() > 1 || !piped.isEmpty()) {
                throw new TemplateError(
                        command.column(), "this is no function, and is given values");
            }
            return operand(head, dot);
        }

        private @Nullable Object operand(Operand operand, @Nullable Object dot) {
            return switch (operand) {
                case Operand.Literal literal -> literal.value();
                case Operand.Function function ->
                        Functions.call(function.column(), function.name(), List.of());
                case Operand.Path path -> {
                    Object value =
                            switch (path.root()) {
                                case Root.Dot _ -> dot;
                                case Root.Variable variable -> variable(path.column(), variable);
                                case Root.Nested nested -> value(nested.pipeline(), dot);
                            };
                    for (String field : path.fields()) {
                        value = field(path.column(), value, field);
                    }
                    yield value;
                }
            };
        }

        private @Nullable Object variable(int column, Root.Variable variable) {
            if (!variables.containsKey(variable.name())) {
                throw new TemplateError(column, "undefined variable \"" + variable.name() + "\"");
            }
            return variables.get(variable.name());
        }

        private static @Nullable Object field(int column, @Nullable Object of, String name) {
            return switch (of) {
                case Fields fields when !fields.containsKey(name) ->
                        throw new TemplateError(
                                column,
                                "there is no field %s: there are %s"
                                        .formatted(name, String.join(", ", fields.keySet())));
                case Map<?, ?> map -> map.get(name);
                case null -> throw new TemplateError(column, "field " + name + " of nothing");
                default ->
                        throw new TemplateError(
                                column,
                                "field %s of \"%s\", which has none"
                                        .formatted(name, Functions.text(of)));
            };
        }
    }
}
