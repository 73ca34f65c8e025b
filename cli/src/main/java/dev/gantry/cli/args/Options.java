package dev.gantry.cli.args;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of a verb. */
public final class Options {
    /** No options. */
    public static final Options NONE = of();

    private final Map<String, Option> byName = new LinkedHashMap<>();
    private final Map<Character, Option> byLetter = new LinkedHashMap<>();

    private final Map<String, String> aliases = new LinkedHashMap<>();

    private Options(List<Option> all) {
        for (Option option : all) {
            boolean twice = byName.put(option.name(), option) != null;
            if (option.hasLetter()) {
                twice |= byLetter.put(option.letter(), option) != null;
            }
            if (twice) {
                throw new IllegalArgumentException("declared twice: " + option.shown());
            }
        }
    }

    /** These options. */
    public static Options of(Option... options) {
        return new Options(List.of(options));
    }

    /** These and some more. */
    public Options and(Option... more) {
        List<Option> all = new ArrayList<>(byName.values());
        all.addAll(List.of(more));
        Options together = new Options(all);
        together.aliases.putAll(aliases);
        return together;
    }

    /** These and those of another verb. */
    public Options and(Options more) {
        Options together = and(more.byName.values().toArray(Option[]::new));
        together.aliases.putAll(more.aliases);
        return together;
    }

    /** These, with a further name of one of them, which is understood but not shown. */
    public Options alias(String alias, String name) {
        if (!byName.containsKey(name) || byName.containsKey(alias)) {
            throw new IllegalArgumentException("no further name " + alias + " of " + name);
        }
        Options more = and();
        more.aliases.put(alias, name);
        return more;
    }

    /** Those that the help shows, by name. */
    public List<Option> shown() {
        return byName.values().stream()
                .filter(option -> !option.hidden())
                .sorted(Comparator.comparing(Option::name))
                .toList();
    }

    /** The option of that name. */
    public Optional<Option> find(String name) {
        return Optional.ofNullable(byName.get(aliases.getOrDefault(name, name)));
    }

    /** The option of that short form. */
    public Optional<Option> find(char letter) {
        return Optional.ofNullable(byLetter.get(letter));
    }
}
