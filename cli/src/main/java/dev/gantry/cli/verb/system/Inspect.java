package dev.gantry.cli.verb.system;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.connect.Failures;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.json.Json;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.template.Template;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code gantry inspect}, and {@code inspect} of each group. */
public final class Inspect extends Declaration.Declared {
    private static final Option SIZE =
            Option.flag("size", 's', "Display total file sizes if the type is container");

    private final Optional<Kind> kind;

    private Inspect(Declaration declaration, Optional<Kind> kind) {
        super(declaration);
        this.kind = kind;
    }

    /** Of anything. */
    public static Inspect anything() {
        return new Inspect(
                new Declaration(
                                "inspect",
                                "Return low-level information on containers, images, networks, volumes")
                        .words(Arity.atLeast(1), "NAME|ID [NAME|ID...]", Completes.CONTAINERS)
                        .options(
                                Options.of(
                                        Version.FORMAT,
                                        SIZE,
                                        Option.text("type", "Only look for this type")
                                                .oneOf(
                                                        "container",
                                                        "image",
                                                        "network",
                                                        "pod",
                                                        "volume")))
                        .example("All about a container", "gantry inspect web")
                        .example(
                                "Its address",
                                "gantry inspect -f '{{.NetworkSettings.IPAddress}}' web")
                        .example("An image of the same name", "gantry inspect --type image web"),
                Optional.empty());
    }

    /** Of one kind: container, image, network, volume or pod. */
    public static Inspect of(String word) {
        Kind kind = kind(word);
        Declaration declaration =
                new Declaration(word + " inspect", "Display detailed information on " + kind.many)
                        .words(
                                Arity.atLeast(1),
                                "%1$s [%1$s...]".formatted(word.toUpperCase(java.util.Locale.ROOT)),
                                kind.completes)
                        .options(
                                kind == Kind.CONTAINER
                                        ? Options.of(Version.FORMAT, SIZE)
                                        : Options.of(Version.FORMAT))
                        .example("As JSON", "gantry " + word + " inspect mine");
        return new Inspect(declaration, Optional.of(kind));
    }

    private static Kind kind(String word) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.word.equals(word))
                .findFirst()
                .orElseThrow(
                        () -> new CliFailure("\"" + word + "\" is not a valid value for --type"));
    }

    @Override
    public int run(Call call) {
        Optional<Kind> only = kind;
        if (only.isEmpty()) {
            only = call.args().text("type").map(Inspect::kind);
        }
        boolean size = call.args().declares("size") && call.args().flag("size");
        String format = call.args().value("format");
        Optional<Template> template =
                format.isEmpty() || format.equals("json")
                        ? Optional.empty()
                        : Optional.of(Listing.parse(format));
        List<Fields> found = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (String name : call.args().words()) {
            try {
                found.add(find(call, only, name, size));
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
                    throw e;
                }
                failures.add(Failures.words(e, call::daemon));
            } catch (CliFailure e) {
                failures.add(Failures.words(e, call::daemon));
            }
        }
        if (template.isPresent()) {
            found.forEach(value -> call.out().line(Listing.apply(template.get(), value)));
        } else {
            call.out().line(format.isEmpty() ? Json.pretty(found) : Json.compact(found));
        }
        failures.forEach(call.out()::error);
        return failures.isEmpty() ? 0 : 1;
    }

    private static Fields find(Call call, Optional<Kind> only, String name, boolean size) {
        if (only.isPresent()) {
            return only.get().inspect(call.daemon(), name, size);
        }
        for (Kind kind : Kind.values()) {
            try {
                if (kind != Kind.POD) {
                    return kind.inspect(call.daemon(), name, size);
                }
            } catch (StatusRuntimeException e) {
                if (!absent(e.getStatus().getCode())) {
                    throw e;
                }
            }
        }
        throw new CliFailure("Error: No such object: " + name);
    }

    /** A name that cannot be one of that kind is not there, either. */
    private static boolean absent(Status.Code code) {
        return code == Status.Code.NOT_FOUND || code == Status.Code.INVALID_ARGUMENT;
    }
}
