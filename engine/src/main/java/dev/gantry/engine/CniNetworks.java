package dev.gantry.engine;

import dev.gantry.cni.Attachment;
import dev.gantry.cni.NetworkDetails;
import dev.gantry.cni.NetworkStatus;
import dev.gantry.cni.PodNetworks;
import dev.gantry.engine.config.NetworkChoice;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.model.Failure;
import dev.gantry.model.PodNetwork;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
        NetworkChoice choice = config.network();
        if (choice.name().equals(NetworkChoice.NONE.name())) {
            return PodNetwork.NONE;
        }
        Attachment pod =
                new Attachment(
                        podId,
                        config.name().name(),
                        config.name().namespace(),
                        config.name().uid(),
                        netns,
                        config.ports(),
                        BandwidthAnnotations.of(config.annotations()),
                        config.dns(),
                        config.annotations());
        return networks.attach(
                choice.name().isEmpty() ? pod : pod.on(choice.name(), wanted(choice.ip())));
    }

    /** One address, or one of each family with a comma between them. */
    private static List<InetAddress> wanted(String ip) {
        return ip.isEmpty()
                ? List.of()
                : Stream.of(ip.split(",", -1)).map(CniNetworks::address).toList();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text.strip());
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "\"%s\" is not an IP address that a container can have".formatted(text),
                    e);
        }
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
