package dev.gantry.conformance;

import java.util.ArrayList;
import java.util.List;

/** The real {@code gantry} in a test host's namespace: what is put before it, and its options. */
record Gantry(TestHost host, List<String> before, List<String> options) {
    /** Of one daemon, by its socket. */
    static Gantry of(TestHost host, Daemon daemon) {
        return new Gantry(host, List.of(), List.of("-H", "unix://" + daemon.socket()));
    }

    /** With variables, each {@code NAME=value}. */
    Gantry with(String... variables) {
        List<String> all = new ArrayList<>(List.of("env"));
        all.addAll(List.of(variables));
        return new Gantry(host, all, options);
    }

    /** With these global options in place of others. */
    Gantry optioned(String... instead) {
        return new Gantry(host, before, List.of(instead));
    }

    List<String> command(String... arguments) {
        List<String> all = new ArrayList<>(before);
        all.add(Places.tree().resolve("bin/gantry").toString());
        all.addAll(options);
        all.addAll(List.of(arguments));
        return host.inside(all.toArray(String[]::new));
    }

    Command.Result run(String... arguments) {
        return Command.run(command(arguments));
    }

    /** What it printed; it must succeed. */
    String done(String... arguments) {
        return run(arguments).orFail().line();
    }

    /** With a text on its standard input. */
    Command.Result fed(String text, String... arguments) {
        List<String> all = new ArrayList<>(List.of("sh", "-c", "printf %s \"$0\" | \"$@\"", text));
        all.addAll(command(arguments));
        return Command.run(all);
    }

    /** What it says when it fails, which it must. */
    String failed(String... arguments) {
        return failure(arguments).stderr();
    }

    /** What it says when it fails, which it must, with no answer. */
    String refused(String... arguments) {
        Command.Result result = failure(arguments);
        if (!result.stdout().isBlank()) {
            throw new AssertionError("%s answered".formatted(result));
        }
        return result.stderr();
    }

    private Command.Result failure(String... arguments) {
        Command.Result result = run(arguments);
        if (result.exitCode() == 0) {
            throw new AssertionError("%s succeeded".formatted(result));
        }
        return result;
    }
}
