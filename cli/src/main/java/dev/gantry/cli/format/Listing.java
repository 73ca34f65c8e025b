package dev.gantry.cli.format;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.json.Json;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.template.Template;
import dev.gantry.cli.template.TemplateError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A list that is shown as a table, as JSON lines, or by a template of the user, as docker's {@code
 * --format} says.
 */
public final class Listing {
    /** The option that chooses. */
    public static final Option FORMAT =
            Option.text(
                            "format",
                            "Format output: \"table\", \"table TEMPLATE\", \"json\" or a Go template such as '{{.ID}}'")
                    .oneOf("json", "table");

    private static final Pattern FIELD = Pattern.compile("\\.([A-Za-z0-9]+)");
    private static final Pattern ACTION = Pattern.compile("\\{\\{.*?}}");

    private final List<String> columns;
    private final Map<String, String> titles;
    private final List<Fields> rows = new ArrayList<>();

    /**
     * A list.
     *
     * @param columns the fields that the table shows unless told otherwise
     * @param titles the titles of fields; others are called as the field, in capitals
     */
    public Listing(List<String> columns, Map<String, String> titles) {
        this.columns = List.copyOf(columns);
        this.titles = Map.copyOf(titles);
    }

    /** Adds a row. */
    public void row(Fields row) {
        rows.add(row);
    }

    /** Prints it as the option {@link #FORMAT} says. */
    public void print(String format, Out out) {
        lines(format).forEach(out::line);
    }

    /**
     * What is printed, an element for each row and for the titles; a template's may have more
     * lines.
     */
    public List<String> lines(String format) {
        if (format.isEmpty() || format.equals("table")) {
            return table(columns);
        }
        if (format.equals("json") || format.equals("{{json .}}")) {
            return rows.stream().map(Json::compact).toList();
        }
        if (format.startsWith("table ")) {
            return templated(format.substring("table ".length()));
        }
        Template template = ofList(format);
        return rows.stream().map(row -> apply(template, row)).toList();
    }

    /** Of a list's template docker exits with 1. */
    private static Template ofList(String format) {
        try {
            return parse(format);
        } catch (CliFailure e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        }
    }

    /** A template of an inspection, or docker's failure: it exits with 64. */
    public static Template parse(String format) {
        try {
            return Template.parse(format.replace("\\t", "\t").replace("\\n", "\n"));
        } catch (TemplateError e) {
            throw new CliFailure(64, "template parsing error: " + e.getMessage());
        }
    }

    /** What a template makes of a value. */
    public static String apply(Template template, Object value) {
        try {
            return template.apply(value);
        } catch (TemplateError e) {
            throw new CliFailure("template parsing error: " + e.getMessage());
        }
    }

    private String title(String field) {
        String known = titles.get(field);
        return known == null ? field.toUpperCase(java.util.Locale.ROOT) : known;
    }

    private List<String> table(List<String> fields) {
        Table table = new Table(fields.stream().map(this::title).toArray(String[]::new));
        for (Fields row : rows) {
            table.row(fields.stream().map(field -> String.valueOf(row.get(field))).toList());
        }
        return table.lines();
    }

    private List<String> templated(String format) {
        Template template = parse(format);
        String heads =
                ACTION.matcher(format.replace("\\t", "\t"))
                        .replaceAll(action -> Matcher.quoteReplacement(heading(action.group())));
        Table table = new Table(heads.split("\t", -1));
        for (Fields row : rows) {
            table.row(List.of(apply(template, row).split("\t", -1)));
        }
        return table.lines();
    }

    private String heading(String action) {
        Matcher field = FIELD.matcher(action);
        return field.find() ? title(field.group(1)) : "";
    }
}
