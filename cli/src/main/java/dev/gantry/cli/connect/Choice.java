package dev.gantry.cli.connect;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Arguments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which daemon is meant: {@code -H}, {@code --context}, GANTRY_HOST, GANTRY_CONTEXT, the context in
 * use, this machine's.
 */
public final class Choice {
    private Choice() {}

    /** By the options before the verb, the environment and the user's files, in docker's order. */
    public static Endpoint endpoint(Arguments globals, Places places) {
        Optional<String> host = globals.text("host");
        Optional<String> context = globals.text("context");
        if (host.isPresent() && context.isPresent()) {
            throw new CliFailure("conflicting options: cannot specify both --host and --context");
        }
        if (host.isEmpty() && context.isEmpty()) {
            host = places.variable("GANTRY_HOST");
            context = host.isPresent() ? context : places.variable("GANTRY_CONTEXT");
        }
        if (host.isPresent()) {
            return Endpoint.parse(host.get(), tls(globals, places));
        }
        Contexts contexts = new Contexts(places);
        return contexts.endpoint(context.orElseGet(contexts::inUse));
    }

    /** The TLS files that the options and GANTRY_CERT_PATH name; absent without any. */
    public static Optional<TlsFiles> tls(Arguments globals, Places places) {
        boolean verified =
                globals.flag("tlsverify") || places.variable("GANTRY_TLS_VERIFY").isPresent();
        Optional<Path> base = places.variable("GANTRY_CERT_PATH").map(Path::of);
        boolean named =
                globals.given("tlscacert") || globals.given("tlscert") || globals.given("tlskey");
        if (!verified && !globals.flag("tls") && !named && base.isEmpty()) {
            return Optional.empty();
        }
        boolean checked = verified || !globals.given("tls");
        return Optional.of(
                new TlsFiles(
                        file(globals, "tlscacert", base, "ca.pem"),
                        file(globals, "tlscert", base, "cert.pem"),
                        file(globals, "tlskey", base, "key.pem"),
                        checked));
    }

    private static Optional<Path> file(
            Arguments globals, String option, Optional<Path> base, String name) {
        return globals.text(option)
                .map(Path::of)
                .or(() -> base.map(dir -> dir.resolve(name)).filter(Files::exists));
    }
}
