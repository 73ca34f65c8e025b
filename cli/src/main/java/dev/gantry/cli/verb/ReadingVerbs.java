package dev.gantry.cli.verb;

import dev.gantry.cli.verb.container.Explain;
import dev.gantry.cli.verb.container.PortVerb;
import dev.gantry.cli.verb.container.Ps;
import dev.gantry.cli.verb.container.Stats;
import dev.gantry.cli.verb.container.Top;
import dev.gantry.cli.verb.context.ContextVerbs;
import dev.gantry.cli.verb.image.History;
import dev.gantry.cli.verb.image.Images;
import dev.gantry.cli.verb.network.NetworkLs;
import dev.gantry.cli.verb.network.VolumeLs;
import dev.gantry.cli.verb.pod.PodStats;
import dev.gantry.cli.verb.pod.Pods;
import dev.gantry.cli.verb.system.Complete;
import dev.gantry.cli.verb.system.CompletionVerb;
import dev.gantry.cli.verb.system.DialStdio;
import dev.gantry.cli.verb.system.DiskUsageVerb;
import dev.gantry.cli.verb.system.Events;
import dev.gantry.cli.verb.system.Info;
import dev.gantry.cli.verb.system.Inspect;
import dev.gantry.cli.verb.system.ManPages;
import dev.gantry.cli.verb.system.Version;
import java.util.List;
import java.util.Optional;

/** The verbs that read. */
final class ReadingVerbs implements Catalog {
    @Override
    public List<String> paths() {
        return List.of(
                "__complete",
                "completion",
                "container inspect",
                "container ls",
                "container port",
                "container stats",
                "container top",
                "context create",
                "context inspect",
                "context ls",
                "context rm",
                "context show",
                "context use",
                "explain",
                "image history",
                "image inspect",
                "image ls",
                "inspect",
                "network inspect",
                "network ls",
                "pod inspect",
                "pod ls",
                "pod stats",
                "system df",
                "system dial-stdio",
                "system events",
                "system info",
                "system man",
                "version",
                "volume inspect",
                "volume ls");
    }

    @Override
    public Optional<Verb> find(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "__complete" -> new Complete();
                    case "completion" -> new CompletionVerb();
                    case "container inspect" -> Inspect.of("container");
                    case "container ls", "container list", "container ps", "ps" -> new Ps();
                    case "container port", "port" -> new PortVerb();
                    case "container stats", "stats" -> new Stats();
                    case "container top", "top" -> new Top();
                    case "context create" -> ContextVerbs.create();
                    case "context inspect" -> ContextVerbs.inspect();
                    case "context ls", "context list" -> ContextVerbs.ls();
                    case "context rm", "context remove" -> ContextVerbs.rm();
                    case "context show" -> ContextVerbs.show();
                    case "context use" -> ContextVerbs.use();
                    case "explain", "container explain" -> new Explain();
                    case "image history", "history" -> new History();
                    case "image inspect" -> Inspect.of("image");
                    case "image ls", "image list", "images" -> new Images();
                    case "inspect" -> Inspect.anything();
                    case "network inspect" -> Inspect.of("network");
                    case "network ls", "network list" -> new NetworkLs();
                    case "pod inspect" -> Inspect.of("pod");
                    case "pod ls", "pod list", "pod ps" -> new Pods();
                    case "pod stats" -> new PodStats();
                    case "system df" -> new DiskUsageVerb();
                    case "system dial-stdio" -> new DialStdio();
                    case "system events", "events" -> new Events();
                    case "system info", "info" -> new Info();
                    case "system man" -> new ManPages();
                    case "version" -> new Version();
                    case "volume inspect" -> Inspect.of("volume");
                    case "volume ls", "volume list" -> new VolumeLs();
                    default -> null;
                });
    }
}
