package dev.gantry.cli.verb.system;

import dev.gantry.cli.credentials.DockerConfig;
import dev.gantry.cli.credentials.Registries;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.cli.verb.Verb;
import java.util.List;

/** {@code gantry logout}. */
public final class Logout implements Verb {
    @Override
    public String path() {
        return "logout";
    }

    @Override
    public String summary() {
        return "Log out from a registry";
    }

    @Override
    public String usage() {
        return "[SERVER]";
    }

    @Override
    public Arity arity() {
        return Arity.between(0, 1);
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example("Forget its credentials", "gantry logout registry.example.org"));
    }

    @Override
    public int run(Call call) {
        String host = Registries.host(call.args().words().isEmpty() ? "" : call.args().word(0));
        boolean kept = DockerConfig.of(call.places()).erase(host);
        call.out()
                .line(kept ? "Removing login credentials for " + host : "Not logged in to " + host);
        return 0;
    }
}
