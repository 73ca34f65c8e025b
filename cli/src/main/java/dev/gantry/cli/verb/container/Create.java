package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.run.RunOptions;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;

/** {@code gantry create}. */
public final class Create extends ContainerVerb {
    /** The verb. */
    public Create() {
        super(
                "create",
                "Create a new container",
                "[OPTIONS] IMAGE [COMMAND] [ARG...]",
                new Example(
                        "Create it now, start it later",
                        "gantry create --name web -p 8080:80 nginx"));
    }

    @Override
    public Options options() {
        return RunOptions.create();
    }

    @Override
    public Completes completes() {
        return Completes.IMAGES;
    }

    @Override
    public boolean optionsFirst() {
        return true;
    }

    @Override
    public int run(Call call) {
        Creating creating = new Creating(call);
        call.out().line(creating.create(creating.request()).getId());
        return 0;
    }
}
