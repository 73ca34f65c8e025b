package dev.gantry.cli.verb.system;

import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Verb;
import dev.gantry.proto.v1.SystemGrpc;
import dev.gantry.proto.v1.VersionRequest;
import dev.gantry.proto.v1.VersionResponse;
import java.util.List;

/** {@code gantry version}. */
public final class Version implements Verb {
    @Override
    public String path() {
        return "version";
    }

    @Override
    public String summary() {
        return "Show the versions of this command and of the daemon";
    }

    @Override
    public String usage() {
        return "[OPTIONS]";
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("Both versions", "gantry version"));
    }

    @Override
    public int run(Call call) {
        VersionResponse daemon =
                SystemGrpc.newBlockingStub(call.daemon().channel())
                        .version(VersionRequest.getDefaultInstance());
        call.out().line("Client: " + dev.gantry.cli.Version.text());
        call.out().line("Server: " + daemon.getVersion());
        return 0;
    }
}
