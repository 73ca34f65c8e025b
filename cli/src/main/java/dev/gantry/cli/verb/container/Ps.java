package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Table;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Verb;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.ListRequest;
import java.util.List;

/** {@code gantry ps}. */
public final class Ps implements Verb {
    @Override
    public String path() {
        return "container ls";
    }

    @Override
    public List<String> aliases() {
        return List.of("container list", "container ps", "ps");
    }

    @Override
    public String summary() {
        return "List containers";
    }

    @Override
    public String usage() {
        return "[OPTIONS]";
    }

    @Override
    public Options options() {
        return Options.of(
                Option.flag("all", 'a', "Show all containers (default shows just running)"),
                Option.flag("quiet", 'q', "Only display container IDs"));
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("Also those that have ended", "gantry ps -a"));
    }

    @Override
    public int run(Call call) {
        ListRequest request = ListRequest.newBuilder().setAll(call.args().flag("all")).build();
        Table table = new Table("CONTAINER ID", "IMAGE", "NAMES");
        for (Container container :
                ContainersGrpc.newBlockingStub(call.daemon().channel())
                        .list(request)
                        .getContainersList()) {
            table.row(
                    container.getId().substring(0, 12), container.getImage(), container.getName());
        }
        table.print(call.out());
        return 0;
    }
}
