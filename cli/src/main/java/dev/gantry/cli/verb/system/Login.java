package dev.gantry.cli.verb.system;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.credentials.DockerConfig;
import dev.gantry.cli.credentials.Registries;
import dev.gantry.cli.format.Out;
import dev.gantry.cli.terminal.Terminal;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Verb;
import dev.gantry.proto.v1.Credentials;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.LoginRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** {@code gantry login}. */
public final class Login implements Verb {
    @Override
    public String path() {
        return "login";
    }

    @Override
    public String summary() {
        return "Authenticate to a registry";
    }

    @Override
    public String description() {
        return "The credentials are kept where docker keeps them, in ~/.docker/config.json or by the helper that it names, and"
                + " sent along with pull, push and run.";
    }

    @Override
    public String usage() {
        return "[OPTIONS] [SERVER]";
    }

    @Override
    public Arity arity() {
        return Arity.between(0, 1);
    }

    @Override
    public Options options() {
        return Options.of(
                Option.text("username", 'u', "Username"),
                Option.text("password", 'p', "Password; other users of this machine see it"),
                Option.flag("password-stdin", "Take the password from stdin"));
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "In a script",
                        "gantry login -u ci --password-stdin registry.example.org < /run/secrets/registry"));
    }

    @Override
    public int run(Call call) {
        String host = Registries.host(call.args().words().isEmpty() ? "" : call.args().word(0));
        DockerConfig config = DockerConfig.of(call.places());
        Credentials typed = typed(call, config.find(host));
        String token =
                ImagesGrpc.newBlockingStub(call.daemon().channel())
                        .login(
                                LoginRequest.newBuilder()
                                        .setRegistry(host)
                                        .setCredentials(typed)
                                        .build())
                        .getIdentityToken();
        Credentials kept =
                token.isEmpty()
                        ? typed
                        : Credentials.newBuilder()
                                .setUsername(typed.getUsername())
                                .setIdentityToken(token)
                                .build();
        if (config.store(host, kept)) {
            call.out()
                    .error(
                            "WARNING! Your credentials are stored unencrypted in '%s'. Configure a credential helper (\"credsStore\") to remove this warning."
                                    .formatted(config.file()));
        }
        call.out().line("Login Succeeded");
        return 0;
    }

    private static Credentials typed(Call call, Optional<Credentials> kept) {
        String username = call.args().value("username");
        String password = call.args().value("password");
        if (call.args().flag("password-stdin")) {
            if (call.args().given("password")) {
                throw new UsageError("--password and --password-stdin are mutually exclusive");
            }
            if (username.isEmpty()) {
                throw new UsageError("must provide --username with --password-stdin");
            }
            password = line();
        } else if (call.args().given("password")) {
            call.out()
                    .error(
                            "WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
        } else if (username.isEmpty() && kept.isPresent()) {
            call.out().error("Authenticating with existing credentials...");
            return kept.get();
        }
        if ((username.isEmpty() || password.isEmpty()) && !Out.isTerminal(0)) {
            throw new CliFailure(
                    "cannot perform an interactive login from a non TTY device; use -u and --password-stdin");
        }
        if (username.isEmpty()) {
            username = asked(call, "Username: ");
        }
        if (password.isEmpty()) {
            try (Terminal _ = Terminal.withoutEcho()) {
                password = asked(call, "Password: ");
            }
            call.out().line("");
        }
        if (username.isEmpty() || password.isEmpty()) {
            throw new CliFailure("username and password cannot be empty");
        }
        return Credentials.newBuilder().setUsername(username).setPassword(password).build();
    }

    private static String asked(Call call, String question) {
        call.out().print(question);
        call.out().flush();
        return line();
    }

    /** A line of the input, and not a byte more. */
    private static String line() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int c = System.in.read(); c >= 0 && c != '\n'; c = System.in.read()) {
                line.write(c);
            }
        } catch (IOException e) {
            throw new CliFailure("cannot read the input: " + e.getMessage(), e);
        }
        return line.toString(StandardCharsets.UTF_8).replaceFirst("\r$", "");
    }
}
