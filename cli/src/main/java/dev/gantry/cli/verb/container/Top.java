package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.format.Table;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.TopRequest;
import dev.gantry.proto.v1.TopResponse;
import java.util.List;

/** {@code gantry top}. */
public final class Top extends Declaration.Declared {
    /** The verb. */
    public Top() {
        super(
                new Declaration("container top", "Display the running processes of a container")
                        .aliases("top")
                        .words(
                                Arity.atLeast(1),
                                "CONTAINER [ps OPTIONS]",
                                Completes.RUNNING_CONTAINERS)
                        .example("All processes", "gantry top web")
                        .example("With columns of one's own", "gantry top web -o pid,rss,args"));
    }

    @Override
    public boolean optionsFirst() {
        return true;
    }

    @Override
    public int run(Call call) {
        List<String> words = call.args().words();
        TopResponse answer =
                ContainersGrpc.newBlockingStub(call.daemon().channel())
                        .top(
                                TopRequest.newBuilder()
                                        .setContainer(words.getFirst())
                                        .addAllPsArguments(words.subList(1, words.size()))
                                        .build());
        Table table = new Table(answer.getTitlesList().toArray(String[]::new));
        answer.getProcessesList().forEach(process -> table.row(process.getFieldsList()));
        table.print(call.out());
        return 0;
    }
}
