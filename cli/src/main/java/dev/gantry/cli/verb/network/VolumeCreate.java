package dev.gantry.cli.verb.network;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.run.NameValues;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.CreateVolumeRequest;

/** {@code gantry volume create}. */
public final class VolumeCreate extends NetworkVerb {
    /** The verb. */
    public VolumeCreate() {
        super(
                "volume create",
                "Create a volume",
                "[OPTIONS] [VOLUME]",
                new Example("For a database", "gantry volume create --label team=shop pgdata"));
    }

    @Override
    public Arity arity() {
        return Arity.between(0, 1);
    }

    @Override
    public Options options() {
        return Options.of(
                Option.text("driver", 'd', "Driver of the volume").orElse("local").oneOf("local"),
                Option.text("name", "Name of the volume").unseen(),
                Option.list("label", "Set a label"),
                Option.list("opt", 'o', "Option of the driver"));
    }

    @Override
    public int run(Call call) {
        boolean word = !call.args().words().isEmpty();
        if (word && call.args().given("name")) {
            throw new UsageError(
                    "conflicting options: either specify --name or provide positional arg, not both");
        }
        CreateVolumeRequest request =
                CreateVolumeRequest.newBuilder()
                        .setName(word ? call.args().word(0) : call.args().value("name"))
                        .setDriver(call.args().value("driver"))
                        .putAllLabels(NameValues.pairs("--label", call.args().list("label")))
                        .putAllOptions(NameValues.pairs("-o, --opt", call.args().list("opt")))
                        .build();
        call.out().line(volumes(call).create(request).getName());
        return 0;
    }
}
