package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.Completes;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.InspectRequest;
import dev.gantry.proto.v1.Port;
import java.util.List;

/** {@code gantry port}. */
public final class PortVerb extends Declaration.Declared {
    /** The verb. */
    public PortVerb() {
        super(
                new Declaration(
                                "container port",
                                "List port mappings or a specific mapping for the container")
                        .aliases("port")
                        .words(
                                Arity.between(1, 2),
                                "CONTAINER [PRIVATE_PORT[/PROTO]]",
                                Completes.RUNNING_CONTAINERS)
                        .example("All published ports", "gantry port web")
                        .example("Where port 80 is", "gantry port web 80/tcp"));
    }

    @Override
    public int run(Call call) {
        String name = call.args().word(0);
        List<Port> ports =
                ContainersGrpc.newBlockingStub(call.daemon().channel())
                        .inspect(InspectRequest.newBuilder().setContainer(name).build())
                        .getContainer()
                        .getPortsList()
                        .stream()
                        .filter(port -> port.getHostPort() != 0)
                        .toList();
        if (call.args().words().size() == 1) {
            for (Port port : ports) {
                for (String address : Rows.addresses(port)) {
                    call.out()
                            .line(
                                    "%s -> %s:%d"
                                            .formatted(inside(port), address, port.getHostPort()));
                }
            }
            return 0;
        }
        String typed = call.args().word(1);
        String wanted = typed.indexOf('/') < 0 ? typed + "/tcp" : typed;
        List<Port> matching = ports.stream().filter(port -> inside(port).equals(wanted)).toList();
        if (matching.isEmpty()) {
            throw new CliFailure("no public port '%s' published for %s".formatted(wanted, name));
        }
        for (Port port : matching) {
            for (String address : Rows.addresses(port)) {
                call.out().line(address + ":" + port.getHostPort());
            }
        }
        return 0;
    }

    private static String inside(Port port) {
        return port.getContainerPort() + "/" + port.getProtocol();
    }
}
