package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.run.Limits;
import dev.gantry.cli.run.Policies;
import dev.gantry.cli.run.RunOptions;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.cri.v1.LinuxContainerResources;
import dev.gantry.proto.v1.MoreLimits;
import dev.gantry.proto.v1.UpdateRequest;

/** {@code gantry update}. */
public final class Update extends ContainerVerb {
    /** The verb. */
    public Update() {
        super(
                "update",
                "Change limits and restart policy of one or more containers",
                "[OPTIONS] CONTAINER [CONTAINER...]",
                new Example(
                        "Give it half a gigabyte and two processors",
                        "gantry update -m 512m --cpus 2 web"),
                new Example(
                        "Start it again whenever it ends", "gantry update --restart always web"));
    }

    @Override
    public Options options() {
        return RunOptions.limitsOfUpdate();
    }

    @Override
    public int run(Call call) {
        LinuxContainerResources limits = Limits.of(call.args());
        UpdateRequest.Builder request = UpdateRequest.newBuilder().setResources(limits);
        MoreLimits more = Limits.more(call.args());
        if (!more.equals(MoreLimits.getDefaultInstance())) {
            request.setLimits(more);
        }
        call.args()
                .text("restart")
                .ifPresent(text -> request.setRestartPolicy(Policies.restart(text)));
        if (limits.equals(LinuxContainerResources.getDefaultInstance())
                && !request.hasLimits()
                && !request.hasRestartPolicy()) {
            throw new UsageError("you must provide one or more flags when using this command");
        }
        return call.forEach(
                call.args().words(),
                container -> {
                    containers(call)
                            .update(request.setContainer(container).build())
                            .getWarningsList()
                            .forEach(warning -> call.out().error("WARNING: " + warning));
                    call.out().line(container);
                });
    }
}
