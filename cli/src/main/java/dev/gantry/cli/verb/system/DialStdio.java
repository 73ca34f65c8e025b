package dev.gantry.cli.verb.system;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.connect.Endpoint;
import dev.gantry.cli.connect.StdioRelay;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import java.io.IOException;

/** {@code gantry system dial-stdio}: what {@code ssh://} runs on the other machine. */
public final class DialStdio extends Declaration.Declared {
    /** The verb. */
    public DialStdio() {
        super(
                new Declaration(
                                "system dial-stdio",
                                "Connect standard input and output to the daemon")
                        .description("For ssh://: the client runs it on the daemon's machine.")
                        .example(
                                "What -H ssh://root@node does",
                                "ssh root@node gantry system dial-stdio"));
    }

    @Override
    public boolean hidden() {
        return true;
    }

    @Override
    public int run(Call call) throws InterruptedException {
        Endpoint endpoint = call.daemon().endpoint();
        try {
            StdioRelay.run(endpoint);
            return 0;
        } catch (IOException e) {
            throw new CliFailure(
                    "cannot connect to %s: %s".formatted(endpoint.url(), e.getMessage()), e);
        }
    }
}
