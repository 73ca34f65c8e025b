package dev.gantry.engine;

import dev.gantry.cni.Attachment;
import dev.gantry.cni.NetworkDetails;
import dev.gantry.cni.NetworkStatus;
import dev.gantry.cni.PodNetworks;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.PodNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The CNI room, as the engine sees it. */
record CniNetworks(PodNetworks networks) implements NetworkRoom {

    @Override
    public EngineStatus.Condition status() {
        NetworkStatus status = networks.status();
        return status.ready()
                ? EngineStatus.Condition.READY
                : EngineStatus.Condition.notReady("NetworkPluginNotReady", why(status));
    }

    @Override
    public Optional<NetworkDetails> details() {
        return Optional.of(networks.details());
    }

    /** The reason, and the files that are passed over unless the reason names them already. */
    static String why(NetworkStatus status) {
        StringBuilder why = new StringBuilder(status.message());
        for (String problem : status.problems()) {
            if (!status.message().contains(problem)) {
                why.append("; passed over: ").append(problem);
            }
        }
        return why.toString();
    }

    @Override
    public PodNetwork attach(String podId, PodConfig config, Path netns) {
        return networks.attach(
                new Attachment(
                        podId,
                        config.name().name(),
                        config.name().namespace(),
                        config.name().uid(),
                        netns,
                        config.ports(),
                        BandwidthAnnotations.of(config.annotations()),
                        config.dns(),
                        config.annotations()));
    }

    @Override
    public void detach(String podId, Optional<Path> netns) {
        networks.detach(podId, netns);
    }

    @Override
    public List<String> recorded() {
        return networks.recorded();
    }
}
