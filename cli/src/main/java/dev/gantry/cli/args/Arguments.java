package dev.gantry.cli.args;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A command line that was understood: what each option was given, and the words that remain. */
public final class Arguments {
    private final Options options;
    private final Map<String, List<String>> given = new LinkedHashMap<>();
    private final List<String> words = new ArrayList<>();

    Arguments(Options options) {
        this.options = options;
    }

    void add(Option option, String value) {
        given.computeIfAbsent(option.name(), _ -> new ArrayList<>()).add(value);
    }

    void add(String word) {
        words.add(word);
    }

    /** The words that are not options, in their order. */
    public List<String> words() {
        return List.copyOf(words);
    }

    /** The word at that place; there must be so many. */
    public String word(int index) {
        return words.get(index);
    }

    /** Whether there is such an option at all. */
    public boolean declares(String name) {
        return options.find(name).isPresent();
    }

    /** Whether an option was given at all. */
    public boolean given(String name) {
        declared(name);
        return given.containsKey(name);
    }

    /** Whether a flag is on. */
    public boolean flag(String name) {
        return last(name).map(Parser::truth).orElse(false);
    }

    /** An option's value: the last one given, or its standard one; absent when neither is there. */
    public Optional<String> text(String name) {
        return last(name).filter(value -> given(name) || !value.isEmpty());
    }

    /** An option's value, or its standard one, which may be empty. */
    public String value(String name) {
        return last(name).orElse("");
    }

    /** A whole number's value. */
    public long number(String name) {
        return last(name).filter(value -> !value.isEmpty()).map(Long::parseLong).orElse(0L);
    }

    /** All values of an option that may be given several times. */
    public List<String> list(String name) {
        declared(name);
        return List.copyOf(given.getOrDefault(name, List.of()));
    }

    private Optional<String> last(String name) {
        Option option = declared(name);
        List<String> values = given.getOrDefault(name, List.of());
        return Optional.of(values.isEmpty() ? option.standard() : values.getLast());
    }

    private Option declared(String name) {
        return options.find(name)
                .orElseThrow(() -> new IllegalArgumentException("no such option: --" + name));
    }
}
