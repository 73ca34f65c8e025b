package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.stream.Transfers;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.ExportRequest;
import dev.gantry.proto.v1.ExportResponse;

/** {@code gantry export}. */
public final class Export extends ContainerVerb {
    /** The verb. */
    public Export() {
        super(
                "export",
                "Export a container's filesystem as a tar archive",
                "[OPTIONS] CONTAINER",
                new Example("What is in it", "gantry export web | tar -t"));
    }

    @Override
    public Arity arity() {
        return Arity.exactly(1);
    }

    @Override
    public Options options() {
        return Options.of(
                Option.text("output", 'o', "Write to a file, instead of STDOUT")
                        .completing(Completes.FILES));
    }

    @Override
    public int run(Call call) {
        ExportRequest request =
                ExportRequest.newBuilder().setContainer(call.args().word(0)).build();
        Transfers.write(
                call.out(),
                call.args().text("output"),
                containers(call).export(request),
                ExportResponse::getData);
        return 0;
    }
}
