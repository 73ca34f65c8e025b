package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.RemoveRequest;
import java.util.List;

/** {@code gantry rm}. */
public final class Rm extends ContainerVerb {
    /** The verb. */
    public Rm() {
        super(
                "rm",
                "Remove one or more containers",
                "[OPTIONS] CONTAINER [CONTAINER...]",
                new Example(
                        "Remove it, running or not, with its anonymous volumes",
                        "gantry rm -fv web"),
                new Example(
                        "Remove one of kubelet's, which will make another one",
                        "gantry --scope cri rm --force 3f2a"));
    }

    @Override
    public List<String> aliases() {
        return List.of("rm", "container remove");
    }

    @Override
    public Options options() {
        return Options.of(
                Option.flag("force", 'f', "Also one that runs; with --scope cri, one of kubelet's"),
                Option.flag("volumes", 'v', "Remove its anonymous volumes, too"));
    }

    @Override
    public int run(Call call) {
        RemoveRequest.Builder request =
                RemoveRequest.newBuilder()
                        .setForce(call.args().flag("force"))
                        .setVolumes(call.args().flag("volumes"));
        return call.forEach(
                call.args().words(),
                call.args().flag("force"),
                container -> {
                    Kubelet.REMOVE.act(
                            call,
                            container,
                            stub -> stub.remove(request.setContainer(container).build()));
                    call.out().line(container);
                });
    }
}
