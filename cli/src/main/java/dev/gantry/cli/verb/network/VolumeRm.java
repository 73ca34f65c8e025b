package dev.gantry.cli.verb.network;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.RemoveVolumeRequest;
import java.util.List;

/** {@code gantry volume rm}. */
public final class VolumeRm extends NetworkVerb {
    /** The verb. */
    public VolumeRm() {
        super(
                "volume rm",
                "Remove one or more volumes. You cannot remove a volume that is in use by a container",
                "[OPTIONS] VOLUME [VOLUME...]",
                new Example("With all that is in it", "gantry volume rm pgdata"));
    }

    @Override
    public List<String> aliases() {
        return List.of("volume remove");
    }

    @Override
    public Arity arity() {
        return Arity.atLeast(1);
    }

    @Override
    public Completes completes() {
        return Completes.VOLUMES;
    }

    @Override
    public Options options() {
        return Options.of(Option.flag("force", 'f', "What is not there is no error"));
    }

    @Override
    public int run(Call call) {
        RemoveVolumeRequest.Builder request =
                RemoveVolumeRequest.newBuilder().setForce(call.args().flag("force"));
        return call.forEach(
                call.args().words(),
                volume -> {
                    var _ = volumes(call).remove(request.setName(volume).build());
                    call.out().line(volume);
                });
    }
}
