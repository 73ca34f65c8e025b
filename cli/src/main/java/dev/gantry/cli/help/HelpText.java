package dev.gantry.cli.help;

import dev.gantry.cli.Globals;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Out;
import dev.gantry.cli.verb.Verb;
import dev.gantry.cli.verb.Verbs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What {@code --help} prints, in docker's form, with examples. */
public final class HelpText {
    /** The groups and what their verbs are about. */
    public static final Map<String, String> GROUPS =
            Map.ofEntries(
                    Map.entry("container", "Manage containers"),
                    Map.entry("context", "Manage contexts: the daemons that are known"),
                    Map.entry("image", "Manage images"),
                    Map.entry("network", "Manage networks"),
                    Map.entry("pod", "Look at kubelet's pods"),
                    Map.entry("system", "Manage Gantry"),
                    Map.entry("volume", "Manage volumes"));

    private static final int GAP = 3;

    private final Verbs verbs;

    /** Help for these verbs. */
    public HelpText(Verbs verbs) {
        this.verbs = verbs;
    }

    /** Help about nothing, a group, or a verb; returns the exit code. */
    public int forWords(List<String> words, Out out) {
        if (words.isEmpty()) {
            overview(out);
            return 0;
        }
        for (int count = Math.min(3, words.size()); count > 0; count--) {
            Optional<Verb> verb = verbs.find(String.join(" ", words.subList(0, count)));
            if (verb.isPresent()) {
                print(verb.get(), out);
                return 0;
            }
        }
        String group = words.getFirst();
        List<Verb> members =
                verbs.all()
                        .filter(verb -> !verb.hidden() && verb.path().startsWith(group + " "))
                        .toList();
        if (members.isEmpty()) {
            out.error("gantry: unknown command: gantry " + group);
            return 1;
        }
        group(group, members, out);
        return 0;
    }

    private static void group(String group, List<Verb> members, Out out) {
        out.line(
                "\nUsage:  gantry %s COMMAND\n\n%s\n\nCommands:"
                        .formatted(group, GROUPS.getOrDefault(group, "")));
        Map<String, String> rows = new TreeMap<>();
        members.forEach(
                verb -> rows.put(verb.path().substring(group.length() + 1), verb.summary()));
        rows(rows, out);
        out.line(
                "\nRun 'gantry %s COMMAND --help' for more information on a command."
                        .formatted(group));
    }

    private void overview(Out out) {
        out.line(
                "\nUsage:  gantry [OPTIONS] COMMAND\n\nContainers, images, networks and volumes, and kubelet's pods beside them\n\nCommands:");
        Map<String, String> top = new TreeMap<>();
        Map<String, String> groups = new TreeMap<>();
        verbs.all()
                .filter(verb -> !verb.hidden())
                .forEach(
                        verb -> {
                            shortName(verb).ifPresent(name -> top.put(name, verb.summary()));
                            String path = verb.path();
                            int space = path.indexOf(' ');
                            if (space > 0) {
                                String group = path.substring(0, space);
                                groups.put(group, GROUPS.getOrDefault(group, ""));
                            }
                        });
        rows(top, out);
        out.line("\nGroups of commands:");
        rows(groups, out);
        out.line("\nGlobal Options:");
        options(Globals.OPTIONS, out);
        out.line("\nRun 'gantry COMMAND --help' for more information on a command.");
    }

    /** The name of a verb that needs no group. */
    static Optional<String> shortName(Verb verb) {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(verb.path()), verb.aliases().stream())
                .filter(name -> name.indexOf(' ') < 0)
                .findFirst();
    }

    private static void rows(Map<String, String> rows, Out out) {
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0) + GAP - 1;
        rows.forEach(
                (name, text) -> out.line("  " + name + " ".repeat(width - name.length()) + text));
    }

    /** Help about a verb. */
    public static void print(Verb verb, Out out) {
        String name = shortName(verb).orElse(verb.path());
        out.line("Usage:  gantry %s %s%n%n%s".formatted(name, verb.usage(), verb.summary()));
        if (!verb.description().isEmpty()) {
            out.line("\n" + verb.description().strip());
        }
        if (!verb.aliases().isEmpty()) {
            List<String> names = new ArrayList<>(List.of("gantry " + verb.path()));
            verb.aliases().forEach(alias -> names.add("gantry " + alias));
            out.line("\nAliases:\n  " + String.join(", ", names));
        }
        Options options = verb.options();
        if (!options.shown().isEmpty()) {
            out.line("\nOptions:");
            options(options, out);
        }
        out.line("\nExamples:");
        verb.examples()
                .forEach(example -> out.line("  # " + example.does() + "\n  " + example.line()));
    }

    private static void options(Options options, Out out) {
        int width =
                options.shown().stream().mapToInt(option -> left(option).length()).max().orElse(0)
                        + GAP;
        for (Option option : options.shown()) {
            String left = left(option);
            out.line(left + " ".repeat(width - left.length()) + right(option));
        }
    }

    private static String left(Option option) {
        String letter = option.hasLetter() ? "-" + option.letter() + ", " : "    ";
        String type = option.type().isEmpty() ? "" : " " + option.type();
        return "  " + letter + "--" + option.name() + type;
    }

    /** An option's sentence, and what holds without it where that is not nothing. */
    static String right(Option option) {
        String standard = option.standard();
        boolean plain =
                switch (option.kind()) {
                    case FLAG -> !standard.equals("true");
                    case NUMBER -> standard.equals("0");
                    case TEXT, LIST -> standard.isEmpty();
                };
        if (plain) {
            return option.help();
        }
        boolean quoted = option.kind() == Option.Kind.TEXT && option.type().equals("string");
        return option.help() + " (default " + (quoted ? "\"" + standard + "\"" : standard) + ")";
    }
}
