package dev.gantry.cli;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.Parser;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.connect.Choice;
import dev.gantry.cli.connect.Connection;
import dev.gantry.cli.connect.Failures;
import dev.gantry.cli.connect.Places;
import dev.gantry.cli.format.Out;
import dev.gantry.cli.help.HelpText;
import dev.gantry.cli.help.Suggestions;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Verb;
import dev.gantry.cli.verb.Verbs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the verb of a command line, does it, and says what went wrong. */
public final class Cli {
    /** What a failure to understand the options exits with, as docker's. */
    private static final int USAGE = 125;

    private static final int INTERRUPTED = 130;
    private static final Option HELP = Option.flag("help", "Print usage").unseen();
    private static final Option SHORT_HELP = Option.flag("help", 'h', "Print usage").unseen();

    private final Out out;
    private final Map<String, String> environment;
    private final Verbs verbs = new Verbs();
    private boolean debug;

    /** A command line whose output goes there. */
    public Cli(Out out, Map<String, String> environment) {
        this.out = out;
        this.environment = environment;
    }

    private record Found(Verb verb, List<String> rest) {}

    /** Does what a command line says, and returns the exit code. */
    public int run(List<String> line) {
        Arguments globals;
        try {
            globals = new Parser(Globals.OPTIONS, /* optionsFirst= */ true).parse(line);
        } catch (UsageError e) {
            out.error(
                    "%s%n%nUsage:  gantry [OPTIONS] COMMAND [ARG...]%n%nRun 'gantry --help' for more information"
                            .formatted(e.getMessage()));
            return USAGE;
        }
        debug = globals.flag("debug");
        List<String> words = globals.words();
        if (globals.flag("version")) {
            out.line("Gantry version " + Version.text());
            return 0;
        }
        if (words.isEmpty() || globals.flag("help")) {
            return new HelpText(verbs).forWords(words, out);
        }
        if (words.getFirst().equals("help")) {
            return new HelpText(verbs).forWords(words.subList(1, words.size()), out);
        }
        Optional<Found> found = find(words);
        return found.isPresent() ? call(found.get(), globals) : unknown(words);
    }

    /** Groups have verbs of two words, or three. */
    private Optional<Found> find(List<String> words) {
        for (int count = Math.min(3, words.size()); count > 0; count--) {
            Optional<Verb> verb = verbs.find(String.join(" ", words.subList(0, count)));
            if (verb.isPresent()) {
                return Optional.of(new Found(verb.get(), words.subList(count, words.size())));
            }
        }
        return Optional.empty();
    }

    private int unknown(List<String> words) {
        String first = words.getFirst();
        boolean group = verbs.paths().stream().anyMatch(path -> path.startsWith(first + " "));
        if (group) {
            boolean help =
                    words.size() == 1 || words.get(1).equals("--help") || words.get(1).equals("-h");
            if (help) {
                return new HelpText(verbs).forWords(List.of(first), out);
            }
        }
        String typed = group ? first + " " + words.get(1) : first;
        out.error(
                "gantry: unknown command: gantry %s%s%n%nRun 'gantry%s --help' for more information"
                        .formatted(
                                typed,
                                Suggestions.of(typed, verbs)
                                        .map(
                                                near ->
                                                        "%n%nDid you mean this?%n        gantry %s"
                                                                .formatted(near))
                                        .orElse(""),
                                group ? " " + first : ""));
        return 1;
    }

    private int call(Found found, Arguments globals) {
        Verb verb = found.verb();
        Options options = withCommon(verb.options());
        Arguments arguments;
        try {
            arguments = new Parser(options, verb.optionsFirst()).parse(found.rest());
        } catch (UsageError e) {
            out.error(
                    "%s%n%nUsage:  gantry %s %s%n%nRun 'gantry %s --help' for more information"
                            .formatted(e.getMessage(), verb.path(), verb.usage(), verb.path()));
            return USAGE;
        }
        if (arguments.flag("help")) {
            HelpText.print(verb, out);
            return 0;
        }
        Optional<String> wrong = verb.arity().wrong(arguments.words().size());
        if (wrong.isPresent()) {
            out.error(
                    "gantry: 'gantry %s' %s%n%nUsage:  gantry %s %s%n%nRun 'gantry %s --help' for more information"
                            .formatted(
                                    verb.path(),
                                    wrong.get(),
                                    verb.path(),
                                    verb.usage(),
                                    verb.path()));
            return 1;
        }
        return run(verb, arguments, globals);
    }

    private static Options withCommon(Options own) {
        Options all = own.and(own.find('h').isPresent() ? HELP : SHORT_HELP);
        return all.find(Globals.SCOPE.name()).isPresent() ? all : all.and(Globals.SCOPE.unseen());
    }

    private int run(Verb verb, Arguments arguments, Arguments globals) {
        Places places = Places.of(environment, globals.text("config"));
        Connecting connect = new Connecting(globals, arguments, places);
        try {
            int code = verb.run(new Call(arguments, out, places, connect));
            out.flush();
            return code;
        } catch (CliFailure e) {
            return failed(e, e.exitCode(), connect);
        } catch (UsageError e) {
            out.error(
                    "gantry: %s%n%nRun 'gantry %s --help' for more information"
                            .formatted(e.getMessage(), verb.path()));
            return USAGE;
        } catch (RuntimeException e) {
            return failed(e, 1, connect);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return INTERRUPTED;
        } finally {
            connect.close();
        }
    }

    private int failed(RuntimeException failure, int code, Supplier<Connection> connect) {
        out.flush();
        String words = Failures.words(failure, connect);
        if (!words.isEmpty()) {
            out.error(words);
        }
        if (debug) {
            failure.printStackTrace(out.errorStream());
            out.flush();
        }
        return code;
    }

    /** Connects when it is first asked. */
    private static final class Connecting implements Supplier<Connection> {
        private final Arguments globals;
        private final Arguments own;
        private final Places places;
        private @Nullable Connection connection;

        Connecting(Arguments globals, Arguments own, Places places) {
            this.globals = globals;
            this.own = own;
            this.places = places;
        }

        @Override
        public synchronized Connection get() {
            Connection made = connection;
            if (made == null) {
                made =
                        new Connection(
                                Choice.endpoint(globals, places), Globals.scope(globals, own));
                connection = made;
            }
            return made;
        }

        synchronized void close() {
            if (connection != null) {
                connection.close();
            }
        }
    }
}
