package dev.gantry.cli.help;

import dev.gantry.cli.Globals;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Verb;
import dev.gantry.cli.verb.Verbs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** What may stand in place of the last word of a command line that is being typed. */
public final class Candidates {
    /** The answer that asks the shell for its own completion of files. */
    public static final String FILES = ":files";

    private final Verbs verbs;
    private final Function<Completes, List<String>> names;

    /** Candidates from these verbs; {@code names} asks the daemon. */
    public Candidates(Verbs verbs, Function<Completes, List<String>> names) {
        this.verbs = verbs;
        this.names = names;
    }

    /** Candidates with what they mean, by name; {@link #FILES} alone for files. */
    public Map<String, String> of(List<String> words) {
        String typed = words.isEmpty() ? "" : words.getLast();
        List<String> before = words.isEmpty() ? List.of() : words.subList(0, words.size() - 1);
        int verbAt = skipOptions(before, Globals.OPTIONS);
        if (verbAt > before.size()) {
            return values(pending(before, Globals.OPTIONS), typed);
        }
        List<String> rest = before.subList(verbAt, before.size());
        for (int count = Math.min(3, rest.size()); count > 0; count--) {
            Optional<Verb> verb = verbs.find(String.join(" ", rest.subList(0, count)));
            if (verb.isPresent()) {
                return inVerb(verb.get(), rest.subList(count, rest.size()), typed);
            }
        }
        return typed.startsWith("-") && rest.isEmpty()
                ? options(Globals.OPTIONS, typed)
                : verbs(rest, typed);
    }

    /**
     * Where the first word is that is no option; past the end when an option waits for its value.
     */
    private static int skipOptions(List<String> words, Options options) {
        int i = 0;
        while (i < words.size() && words.get(i).startsWith("-")) {
            i += takesNext(words.get(i), options).isPresent() ? 2 : 1;
        }
        return i;
    }

    private static Optional<Option> pending(List<String> words, Options options) {
        return words.isEmpty() ? Optional.empty() : takesNext(words.getLast(), options);
    }

    /** The option whose value is the next word. */
    private static Optional<Option> takesNext(String word, Options options) {
        if (word.indexOf('=') >= 0 || !word.startsWith("-") || word.length() < 2) {
            return Optional.empty();
        }
        Optional<Option> option =
                word.startsWith("--")
                        ? options.find(word.substring(2))
                        : options.find(word.charAt(word.length() - 1));
        return option.filter(o -> o.kind() != Option.Kind.FLAG);
    }

    private Map<String, String> inVerb(Verb verb, List<String> words, String typed) {
        Optional<Option> pending = pending(words, verb.options());
        if (pending.isPresent()) {
            return values(pending, typed);
        }
        if (typed.startsWith("-")) {
            return options(verb.options(), typed);
        }
        long count = words.stream().filter(word -> !word.startsWith("-")).count();
        if (verb.optionsFirst() && count > 0) {
            return Map.of(FILES, "");
        }
        return offered(verb.completes(), List.of(), typed);
    }

    private Map<String, String> values(Optional<Option> option, String typed) {
        return option.map(o -> offered(o.completes(), o.words(), typed)).orElse(Map.of());
    }

    private Map<String, String> offered(Completes what, List<String> words, String typed) {
        if (what == Completes.FILES) {
            return Map.of(FILES, "");
        }
        Map<String, String> found = new TreeMap<>();
        List<String> all = words.isEmpty() && what != Completes.NOTHING ? names.apply(what) : words;
        all.stream().filter(name -> name.startsWith(typed)).forEach(name -> found.put(name, ""));
        return found;
    }

    private static Map<String, String> options(Options options, String typed) {
        Map<String, String> found = new TreeMap<>();
        for (Option option : options.shown()) {
            String name = "--" + option.name();
            if (name.startsWith(typed)) {
                found.put(name, option.help());
            }
        }
        return found;
    }

    private Map<String, String> verbs(List<String> group, String typed) {
        String prefix = group.isEmpty() ? "" : String.join(" ", group) + " ";
        Map<String, String> found = new TreeMap<>();
        verbs.all()
                .filter(verb -> !verb.hidden())
                .forEach(
                        verb -> {
                            offer(verb.path(), prefix, verb.summary(), found);
                            verb.aliases()
                                    .forEach(alias -> offer(alias, prefix, verb.summary(), found));
                        });
        found.keySet().removeIf(name -> !name.startsWith(typed));
        return found;
    }

    private static void offer(
            String name, String prefix, String summary, Map<String, String> found) {
        if (name.startsWith(prefix)) {
            String rest = name.substring(prefix.length());
            int space = rest.indexOf(' ');
            if (space < 0) {
                found.put(rest, summary);
            } else {
                String group = rest.substring(0, space);
                found.putIfAbsent(group, HelpText.GROUPS.getOrDefault(group, ""));
            }
        }
    }
}
