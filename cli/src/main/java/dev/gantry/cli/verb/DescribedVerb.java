package dev.gantry.cli.verb;

import java.util.List;

/** A verb that is told at once what it says of itself. */
public abstract class DescribedVerb implements Verb {
    private final String path;
    private final String summary;
    private final String usage;
    private final List<Example> examples;

    /** What {@link Verb} calls by the same names. */
    protected DescribedVerb(String path, String summary, String usage, Example... examples) {
        this.path = path;
        this.summary = summary;
        this.usage = usage;
        this.examples = List.of(examples);
    }

    @Override
    public final String path() {
        return path;
    }

    @Override
    public final String summary() {
        return summary;
    }

    @Override
    public final String usage() {
        return usage;
    }

    @Override
    public final List<Example> examples() {
        return examples;
    }
}
