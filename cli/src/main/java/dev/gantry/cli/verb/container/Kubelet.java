package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.connect.Connection;
import dev.gantry.cli.verb.Call;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ContainersGrpc.ContainersBlockingStub;
import dev.gantry.proto.v1.InspectRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What belongs to kubelet is changed only with {@code --force}, since kubelet puts back what it
 * wants.
 *
 * @param doing the verb: {@code stop}
 * @param answer what kubelet does about it
 */
record Kubelet(String doing, String answer) {
    static final String FORCE_HELP = "Do it even to a container of kubelet's";

    static final Kubelet STOP =
            new Kubelet(
                    "stop",
                    "kubelet will start it again, unless its pod's restart policy is Never");
    static final Kubelet KILL =
            new Kubelet(
                    "kill",
                    "kubelet will start it again if it ends, unless its pod's restart policy is Never");
    static final Kubelet RESTART =
            new Kubelet(
                    "restart",
                    "kubelet counts restarts, and will make another container in place of this one");
    static final Kubelet REMOVE =
            new Kubelet("remove", "kubelet will make another one in its place");

    static final Kubelet PAUSE =
            new Kubelet("pause", "kubelet's probes of it will fail, and then kubelet will kill it");

    /** Docker's -f removes what runs: it says nothing of kubelet, so the scope must. */
    private boolean forceIsDockers() {
        return equals(REMOVE);
    }

    static Option force() {
        return Option.flag("force", FORCE_HELP);
    }

    /** Does it in the user's scope, or to kubelet's container when it was forced. */
    void act(Call call, String container, Consumer<ContainersBlockingStub> action) {
        Connection daemon = call.daemon();
        boolean force = call.args().flag("force");
        if (daemon.scope().equals(Connection.CRI)) {
            if (!force) {
                throw refused(container, find(daemon, container));
            }
            action.accept(ContainersGrpc.newBlockingStub(daemon.channel(Connection.CRI)));
            return;
        }
        try {
            action.accept(ContainersGrpc.newBlockingStub(daemon.channel()));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
                throw e;
            }
            Optional<Container> theirs = find(daemon, container);
            if (theirs.isEmpty()) {
                throw e;
            }
            if (!force || forceIsDockers()) {
                throw refused(container, theirs);
            }
            action.accept(ContainersGrpc.newBlockingStub(daemon.channel(Connection.CRI)));
        }
    }

    private static Optional<Container> find(Connection daemon, String container) {
        try {
            InspectRequest request = InspectRequest.newBuilder().setContainer(container).build();
            return Optional.of(
                    ContainersGrpc.newBlockingStub(daemon.channel(Connection.CRI))
                            .inspect(request)
                            .getContainer());
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    private CliFailure refused(String typed, Optional<Container> container) {
        String name = container.map(Container::getName).orElse("");
        String[] parts = name.split("/", -1);
        String pod =
                parts.length == 3
                        ? "pod %s of namespace %s".formatted(parts[1], parts[0])
                        : "one of its pods";
        String anyway =
                forceIsDockers()
                        ? "gantry --scope cri rm --force " + typed
                        : "--force to %s it anyway".formatted(doing);
        return new CliFailure(
                "%s belongs to kubelet (%s): %s. Use kubectl, or %s"
                        .formatted(typed, pod, answer, anyway));
    }
}
