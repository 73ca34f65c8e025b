package dev.gantry.cli.verb.container;

import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.WaitRequest;
import dev.gantry.proto.v1.WaitResponse;
import java.util.Iterator;

/** {@code gantry wait}. */
public final class Wait extends ContainerVerb {
    /** The verb. */
    public Wait() {
        super(
                "wait",
                "Block until one or more containers stop, then print their exit codes",
                "CONTAINER [CONTAINER...]",
                new Example("What it came to", "code=$(gantry wait batch)"));
    }

    @Override
    public int run(Call call) {
        return call.forEach(
                call.args().words(),
                container -> {
                    WaitRequest request =
                            WaitRequest.newBuilder()
                                    .setContainer(container)
                                    .setCondition(WaitRequest.Condition.NOT_RUNNING)
                                    .build();
                    Iterator<WaitResponse> answers = containers(call).wait(request);
                    WaitResponse last = WaitResponse.getDefaultInstance();
                    while (answers.hasNext()) {
                        last = answers.next();
                    }
                    if (!last.getError().isEmpty()) {
                        call.out().error(last.getError());
                    }
                    call.out().line(Integer.toString(last.getExitCode()));
                });
    }
}
