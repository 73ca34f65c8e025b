package dev.gantry.cli.verb;

import dev.gantry.cli.verb.container.Attach;
import dev.gantry.cli.verb.container.Commit;
import dev.gantry.cli.verb.container.ContainerPrune;
import dev.gantry.cli.verb.container.Cp;
import dev.gantry.cli.verb.container.Create;
import dev.gantry.cli.verb.container.Diff;
import dev.gantry.cli.verb.container.Exec;
import dev.gantry.cli.verb.container.Export;
import dev.gantry.cli.verb.container.Kill;
import dev.gantry.cli.verb.container.Logs;
import dev.gantry.cli.verb.container.Pause;
import dev.gantry.cli.verb.container.Rename;
import dev.gantry.cli.verb.container.Restart;
import dev.gantry.cli.verb.container.Rm;
import dev.gantry.cli.verb.container.Run;
import dev.gantry.cli.verb.container.Start;
import dev.gantry.cli.verb.container.Stop;
import dev.gantry.cli.verb.container.Unpause;
import dev.gantry.cli.verb.container.Update;
import dev.gantry.cli.verb.container.Wait;
import dev.gantry.cli.verb.image.ImagePrune;
import dev.gantry.cli.verb.image.Import;
import dev.gantry.cli.verb.image.Load;
import dev.gantry.cli.verb.image.Pull;
import dev.gantry.cli.verb.image.Push;
import dev.gantry.cli.verb.image.Rmi;
import dev.gantry.cli.verb.image.Save;
import dev.gantry.cli.verb.image.Tag;
import dev.gantry.cli.verb.network.NetworkCreate;
import dev.gantry.cli.verb.network.NetworkPrune;
import dev.gantry.cli.verb.network.NetworkRm;
import dev.gantry.cli.verb.network.VolumeCreate;
import dev.gantry.cli.verb.network.VolumePrune;
import dev.gantry.cli.verb.network.VolumeRm;
import dev.gantry.cli.verb.system.Login;
import dev.gantry.cli.verb.system.Logout;
import dev.gantry.cli.verb.system.SystemPrune;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The verbs that change something. */
final class ActingVerbs implements Catalog {
    @Override
    public List<String> paths() {
        return List.of(
                "container attach",
                "container commit",
                "container cp",
                "container create",
                "container diff",
                "container exec",
                "container export",
                "container kill",
                "container logs",
                "container pause",
                "container prune",
                "container rename",
                "container restart",
                "container rm",
                "container run",
                "container start",
                "container stop",
                "container unpause",
                "container update",
                "container wait",
                "image import",
                "image load",
                "image prune",
                "image pull",
                "image push",
                "image rm",
                "image save",
                "image tag",
                "login",
                "logout",
                "network create",
                "network prune",
                "network rm",
                "system prune",
                "volume create",
                "volume prune",
                "volume rm");
    }

    @Override
    public Optional<Verb> find(String name) {
        @Nullable Verb verb = container(name);
        verb = verb == null ? image(name) : verb;
        return Optional.ofNullable(verb == null ? other(name) : verb);
    }

    private static @Nullable Verb container(String name) {
        return switch (name) {
            case "container attach", "attach" -> new Attach();
            case "container commit", "commit" -> new Commit();
            case "container cp", "cp" -> new Cp();
            case "container create", "create" -> new Create();
            case "container diff", "diff" -> new Diff();
            case "container exec", "exec" -> new Exec();
            case "container export", "export" -> new Export();
            case "container kill", "kill" -> new Kill();
            case "container logs", "logs" -> new Logs();
            case "container pause", "pause" -> new Pause();
            case "container prune" -> new ContainerPrune();
            case "container rename", "rename" -> new Rename();
            case "container restart", "restart" -> new Restart();
            case "container rm", "container remove", "rm" -> new Rm();
            case "container run", "run" -> new Run();
            case "container start", "start" -> new Start();
            case "container stop", "stop" -> new Stop();
            case "container unpause", "unpause" -> new Unpause();
            case "container update", "update" -> new Update();
            case "container wait", "wait" -> new Wait();
            default -> null;
        };
    }

    private static @Nullable Verb image(String name) {
        return switch (name) {
            case "image import", "import" -> new Import();
            case "image load", "load" -> new Load();
            case "image prune" -> new ImagePrune();
            case "image pull", "pull" -> new Pull();
            case "image push", "push" -> new Push();
            case "image rm", "image remove", "rmi" -> new Rmi();
            case "image save", "save" -> new Save();
            case "image tag", "tag" -> new Tag();
            default -> null;
        };
    }

    private static @Nullable Verb other(String name) {
        return switch (name) {
            case "login" -> new Login();
            case "logout" -> new Logout();
            case "network create" -> new NetworkCreate();
            case "network prune" -> new NetworkPrune();
            case "network rm", "network remove" -> new NetworkRm();
            case "system prune" -> new SystemPrune();
            case "volume create" -> new VolumeCreate();
            case "volume prune" -> new VolumePrune();
            case "volume rm", "volume remove" -> new VolumeRm();
            default -> null;
        };
    }
}
