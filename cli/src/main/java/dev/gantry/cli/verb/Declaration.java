package dev.gantry.cli.verb;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Options;
import java.util.ArrayList;
import java.util.List;

/** What a verb declares, said step by step. */
public final class Declaration {
    private final String path;
    private final String summary;
    private List<String> aliases = List.of();
    private String description = "";
    private String usage = "[OPTIONS]";
    private Arity arity = Arity.NONE;
    private Options options = Options.NONE;
    private Completes completes = Completes.NOTHING;
    private final List<Example> examples = new ArrayList<>();

    /** A verb's full name and what it is for. */
    public Declaration(String path, String summary) {
        this.path = path;
        this.summary = summary;
    }

    /** Its other full names. */
    public Declaration aliases(String... names) {
        aliases = List.of(names);
        return this;
    }

    /** More than the summary says. */
    public Declaration description(String text) {
        description = text;
        return this;
    }

    /** The words it takes, how they are shown, and what the shell offers for them. */
    public Declaration words(Arity count, String shown, Completes what) {
        arity = count;
        usage = "[OPTIONS] " + shown;
        completes = what;
        return this;
    }

    /** Its options. */
    public Declaration options(Options all) {
        options = all;
        return this;
    }

    /** A command line that shows what it is for. */
    public Declaration example(String does, String line) {
        examples.add(new Example(does, line));
        return this;
    }

    /** A verb that has such a declaration. */
    public abstract static class Declared implements Verb {
        private final Declaration declaration;

        /** A verb with this declaration. */
        protected Declared(Declaration declaration) {
            this.declaration = declaration;
        }

        @Override
        public final String path() {
            return declaration.path;
        }

        @Override
        public final List<String> aliases() {
            return declaration.aliases;
        }

        @Override
        public final String summary() {
            return declaration.summary;
        }

        @Override
        public final String description() {
            return declaration.description;
        }

        @Override
        public final String usage() {
            return declaration.usage;
        }

        @Override
        public final Arity arity() {
            return declaration.arity;
        }

        @Override
        public final Options options() {
            return declaration.options;
        }

        @Override
        public final Completes completes() {
            return declaration.completes;
        }

        @Override
        public final List<Example> examples() {
            return List.copyOf(declaration.examples);
        }
    }
}
