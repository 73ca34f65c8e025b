package dev.gantry.cli.verb.context;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.connect.Contexts;
import dev.gantry.cli.connect.Contexts.Context;
import dev.gantry.cli.connect.Endpoint;
import dev.gantry.cli.connect.TlsFiles;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.json.Json;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.template.Template;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.Verb;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code gantry context create|use|ls|show|inspect|rm}. */
public final class ContextVerbs {
    private static final Option FORMAT =
            Option.text("format", 'f', "Format output: \"json\" or a Go template").oneOf("json");

    private ContextVerbs() {}

    /** What a verb of this group does. */
    private interface Action {
        int run(Call call, Contexts contexts);
    }

    private static Verb verb(Declaration declaration, Action action) {
        return new Declaration.Declared(declaration) {
            @Override
            public int run(Call call) {
                return action.run(call, new Contexts(call.places()));
            }
        };
    }

    /** {@code context create}. */
    public static Verb create() {
        return verb(
                new Declaration("context create", "Give a daemon a name")
                        .words(Arity.exactly(1), "CONTEXT", Completes.NOTHING)
                        .options(
                                Options.of(
                                        Option.text("description", "What it is for"),
                                        Option.list(
                                                "docker",
                                                "As docker has it: host=tcp://node:2376,ca=FILE,cert=FILE,key=FILE,skip-tls-verify=true"),
                                        Option.text(
                                                "host",
                                                "unix:///path, tcp://host:port or ssh://user@host"),
                                        Option.flag(
                                                "skip-tls-verify",
                                                "Do not check the daemon's certificate"),
                                        Option.text(
                                                        "tlscacert",
                                                        "Trust certificates signed only by this CA")
                                                .completing(Completes.FILES),
                                        Option.text("tlscert", "Path to the certificate for TLS")
                                                .completing(Completes.FILES),
                                        Option.text("tlskey", "Path to its private key")
                                                .completing(Completes.FILES)))
                        .example(
                                "Another machine over ssh",
                                "gantry context create node --host ssh://root@node")
                        .example(
                                "Over TCP with mutual TLS",
                                "gantry context create node --host tcp://node:2376 --tlscacert ca.pem --tlscert cert.pem --tlskey key.pem"),
                (call, contexts) -> {
                    String name = call.args().word(0);
                    contexts.create(made(name, call.args()));
                    call.out().line(name);
                    call.out().error("Successfully created context \"" + name + "\"");
                    return 0;
                });
    }

    private static Context made(String name, Arguments args) {
        Map<String, String> docker = new LinkedHashMap<>();
        for (String value : args.list("docker")) {
            for (String part : value.split(",", -1)) {
                int equals = part.indexOf('=');
                docker.put(
                        equals < 0 ? part : part.substring(0, equals),
                        equals < 0 ? "true" : part.substring(equals + 1));
            }
        }
        Optional<Path> authority = file(args, "tlscacert", docker, "ca");
        Optional<Path> certificate = file(args, "tlscert", docker, "cert");
        Optional<Path> key = file(args, "tlskey", docker, "key");
        boolean unverified =
                args.flag("skip-tls-verify") || "true".equals(docker.get("skip-tls-verify"));
        boolean tls =
                unverified || authority.isPresent() || certificate.isPresent() || key.isPresent();
        String host = args.text("host").orElse(docker.getOrDefault("host", Endpoint.STANDARD));
        return new Context(
                name,
                args.value("description"),
                host,
                tls
                        ? Optional.of(new TlsFiles(authority, certificate, key, !unverified))
                        : Optional.empty());
    }

    private static Optional<Path> file(
            Arguments args, String option, Map<String, String> docker, String name) {
        return args.text(option).or(() -> Optional.ofNullable(docker.get(name))).map(Path::of);
    }

    /** {@code context use}. */
    public static Verb use() {
        return verb(
                new Declaration(
                                "context use",
                                "Set the daemon that is meant when nothing else is said")
                        .words(Arity.exactly(1), "CONTEXT", Completes.CONTEXTS)
                        .example("From now on the other machine", "gantry context use node")
                        .example("This machine again", "gantry context use default"),
                (call, contexts) -> {
                    String name = call.args().word(0);
                    contexts.use(name);
                    call.out().line(name);
                    call.out().error("Current context is now \"" + name + "\"");
                    call.places()
                            .variable("GANTRY_HOST")
                            .ifPresent(
                                    host ->
                                            call.out()
                                                    .error(
                                                            "Warning: GANTRY_HOST is set (%s) and overrides it"
                                                                    .formatted(host)));
                    return 0;
                });
    }

    /** {@code context show}. */
    public static Verb show() {
        return verb(
                new Declaration("context show", "Print the name of the context in use")
                        .example("Its name", "gantry context show"),
                (call, contexts) -> {
                    call.out().line(contexts.inUse());
                    return 0;
                });
    }

    /** {@code context ls}. */
    public static Verb ls() {
        return verb(
                new Declaration("context ls", "List contexts")
                        .aliases("context list")
                        .options(
                                Options.of(
                                        Listing.FORMAT,
                                        Option.flag("quiet", 'q', "Only show context names")))
                        .example(
                                "All that are known; a star marks the one in use",
                                "gantry context ls"),
                (call, contexts) -> {
                    if (call.args().flag("quiet")) {
                        contexts.all().forEach(context -> call.out().line(context.name()));
                        return 0;
                    }
                    Listing listing =
                            new Listing(
                                    List.of("NameAndMark", "Description", "DockerEndpoint"),
                                    Map.of("NameAndMark", "NAME", "DockerEndpoint", "ENDPOINT"));
                    String used = contexts.inUse();
                    for (Context context : contexts.all()) {
                        boolean current = context.name().equals(used);
                        listing.row(
                                new Fields()
                                        .with("NameAndMark", context.name() + (current ? " *" : ""))
                                        .with("Name", context.name())
                                        .with("Current", current)
                                        .with("Description", context.description())
                                        .with("DockerEndpoint", context.host())
                                        .with("TLS", context.tls().isPresent()));
                    }
                    listing.print(call.args().value("format"), call.out());
                    return 0;
                });
    }

    /** {@code context inspect}. */
    public static Verb inspect() {
        return verb(
                new Declaration(
                                "context inspect",
                                "Display detailed information on one or more contexts")
                        .words(Arity.ANY, "[CONTEXT] [CONTEXT...]", Completes.CONTEXTS)
                        .options(Options.of(FORMAT))
                        .example("The one in use", "gantry context inspect"),
                (call, contexts) -> {
                    List<String> names =
                            call.args().words().isEmpty()
                                    ? List.of(contexts.inUse())
                                    : call.args().words();
                    List<Fields> found = new ArrayList<>();
                    names.forEach(name -> found.add(fields(contexts.find(name))));
                    String format = call.args().value("format");
                    if (format.isEmpty() || format.equals("json")) {
                        call.out()
                                .line(format.isEmpty() ? Json.pretty(found) : Json.compact(found));
                    } else {
                        Template template = Listing.parse(format);
                        found.forEach(value -> call.out().line(Listing.apply(template, value)));
                    }
                    return 0;
                });
    }

    private static Fields fields(Context context) {
        List<String> files = new ArrayList<>();
        context.tls()
                .ifPresent(
                        tls -> {
                            tls.authority().ifPresent(file -> files.add(file.toString()));
                            tls.certificate().ifPresent(file -> files.add(file.toString()));
                            tls.key().ifPresent(file -> files.add(file.toString()));
                        });
        return new Fields()
                .with("Name", context.name())
                .with("Metadata", new Fields().with("Description", context.description()))
                .with(
                        "Endpoints",
                        new Fields()
                                .with(
                                        "docker",
                                        new Fields()
                                                .with("Host", context.host())
                                                .with(
                                                        "SkipTLSVerify",
                                                        context.tls()
                                                                .map(tls -> !tls.verified())
                                                                .orElse(false))))
                .with("TLSMaterial", files);
    }

    /** {@code context rm}. */
    public static Verb rm() {
        return verb(
                new Declaration("context rm", "Remove one or more contexts")
                        .aliases("context remove")
                        .words(Arity.atLeast(1), "CONTEXT [CONTEXT...]", Completes.CONTEXTS)
                        .options(Options.of(Option.flag("force", 'f', "Also the one in use")))
                        .example("Forget a machine", "gantry context rm node"),
                (call, contexts) ->
                        call.forEach(
                                call.args().words(),
                                name -> {
                                    contexts.remove(name, call.args().flag("force"));
                                    call.out().line(name);
                                }));
    }
}
