package dev.gantry.local.net;

import dev.gantry.cni.NetworkDetails;
import dev.gantry.engine.EngineStatus;
import dev.gantry.engine.NetworkRoom;
import dev.gantry.engine.config.NetworkChoice;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.PodNetwork;
import dev.gantry.networks.Networks;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The plugins' caller, for pods that name their network, too: the default network is made at its
 * first use, a network stays while somebody is put on it, and names are served from then on.
 *
 * @param plugins who calls the plugins
 */
public record NamedNetworks(NetworkRoom plugins, Networks networks) implements NetworkRoom {
    @Override
    public EngineStatus.Condition status() {
        return plugins.status();
    }

    @Override
    public Optional<NetworkDetails> details() {
        return plugins.details();
    }

    @Override
    public PodNetwork attach(String podId, PodConfig config, Path netns) {
        String name = config.network().name();
        return name.isEmpty() || name.equals(NetworkChoice.NONE.name())
                ? plugins.attach(podId, config, netns)
                : networks.join(name, () -> plugins.attach(podId, config, netns));
    }

    @Override
    public void detach(String podId, Optional<Path> netns) {
        plugins.detach(podId, netns);
    }

    @Override
    public List<String> recorded() {
        return plugins.recorded();
    }
}
