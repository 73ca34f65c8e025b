package dev.gantry.cli.verb.system;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.connect.Failures;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.json.Json;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.proto.v1.SystemGrpc;
import dev.gantry.proto.v1.VersionRequest;
import dev.gantry.proto.v1.VersionResponse;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code gantry version}. */
public final class Version extends Declaration.Declared {
    /** The option {@code --format} of verbs that show one thing. */
    static final Option FORMAT =
            Option.text("format", 'f', "Format output: \"json\" or a Go template").oneOf("json");

    /** The verb. */
    public Version() {
        super(
                new Declaration("version", "Show the versions of this command and of the daemon")
                        .options(Options.of(FORMAT))
                        .example("Both versions", "gantry version")
                        .example(
                                "The daemon's only",
                                "gantry version --format '{{.Server.Version}}'"));
    }

    @Override
    public int run(Call call) {
        Fields both = new Fields().with("Client", client());
        @Nullable StatusRuntimeException failure = null;
        try {
            both.with("Server", server(call));
        } catch (StatusRuntimeException e) {
            both.with("Server", null);
            failure = e;
        }
        String format = call.args().value("format");
        if (!format.isEmpty()) {
            if (failure != null) {
                throw failure;
            }
            call.out().line(formatted(format, both));
            return 0;
        }
        both.forEach((title, part) -> print(call, title, part));
        if (failure != null) {
            call.out().error(Failures.words(failure, call::daemon));
            return 1;
        }
        return 0;
    }

    /** JSON, or what a template makes of a value. */
    static String formatted(String format, Fields value) {
        return format.equals("json")
                ? Json.compact(value)
                : Listing.apply(Listing.parse(format), value);
    }

    private static Fields client() {
        return new Fields()
                .with("Version", dev.gantry.cli.Version.text())
                .with("JavaVersion", System.getProperty("java.version"))
                .with("Os", "linux")
                .with("Arch", architecture(System.getProperty("os.arch", "")));
    }

    private static String architecture(String java) {
        return java.equals("aarch64") ? "arm64" : java;
    }

    private static Fields server(Call call) {
        VersionResponse answer =
                SystemGrpc.newBlockingStub(call.daemon().channel())
                        .version(VersionRequest.getDefaultInstance());
        return new Fields()
                .with("Version", answer.getVersion())
                .with("ApiVersion", answer.getApiVersion())
                .with("JavaVersion", answer.getJava())
                .with("Os", answer.getOs())
                .with("Arch", answer.getArchitecture())
                .with("KernelVersion", answer.getKernel());
    }

    private static void print(Call call, String title, @Nullable Object part) {
        if (part instanceof Map<?, ?> map) {
            call.out().line(title + ": Gantry");
            map.forEach(
                    (name, value) ->
                            call.out()
                                    .line(
                                            " %-18s%s"
                                                    .formatted(
                                                            spaced(name.toString()) + ":", value)));
        }
    }

    private static String spaced(String name) {
        return switch (name) {
            case "ApiVersion" -> "API version";
            case "JavaVersion" -> "Java version";
            case "KernelVersion" -> "Kernel version";
            case "Os" -> "OS";
            default -> name;
        };
    }
}
