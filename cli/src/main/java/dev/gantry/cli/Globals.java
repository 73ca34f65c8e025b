package dev.gantry.cli;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.connect.Connection;

/** The options that stand before the verb. */
public final class Globals {
    /** For every verb too: whose pods are meant. */
    public static final Option SCOPE =
            Option.text(
                            "scope",
                            "Whose containers: \"local\" (people's), \"cri\" (kubelet's), \"all\"")
                    .orElse(Connection.LOCAL)
                    .oneOf(Connection.LOCAL, Connection.CRI, Connection.ALL);

    /** All of them. */
    public static final Options OPTIONS =
            Options.of(
                    Option.text("config", "Directory of the client's files"),
                    Option.text("context", 'c', "Name of the context to use")
                            .completing(Completes.CONTEXTS),
                    Option.flag("debug", 'D', "Show where failures come from"),
                    Option.flag("help", "Print usage"),
                    Option.text("host", 'H', "Daemon to connect to: unix://, tcp:// or ssh://")
                            .as("host"),
                    Option.text("log-level", 'l', "Ignored, for docker's sake").unseen(),
                    SCOPE,
                    Option.flag("tls", "Use TLS, without checking the daemon's certificate"),
                    Option.text("tlscacert", "Trust certificates signed only by this CA")
                            .completing(Completes.FILES),
                    Option.text("tlscert", "Path to the certificate for TLS")
                            .completing(Completes.FILES),
                    Option.text("tlskey", "Path to its private key").completing(Completes.FILES),
                    Option.flag("tlsverify", "Use TLS and verify the daemon"),
                    Option.flag("version", 'v', "Print version information and quit"));

    private Globals() {}

    /** The scope that was chosen. */
    static String scope(Arguments globals, Arguments own) {
        String scope =
                own.given(SCOPE.name()) ? own.value(SCOPE.name()) : globals.value(SCOPE.name());
        if (!SCOPE.words().contains(scope)) {
            throw new CliFailure(
                    125, "unknown scope \"%s\": it is local, cri or all".formatted(scope));
        }
        return scope;
    }
}
