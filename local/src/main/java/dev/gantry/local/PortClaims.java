package dev.gantry.local;

import dev.gantry.engine.Pod;
import dev.gantry.engine.PodState;
import dev.gantry.model.Failure;
import dev.gantry.model.PortMapping;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;

/**
 * Whether the node's ports that a container publishes are free, asked before each start. Those of
 * kubelet's pods are asked about, too: rules that come later would never see a packet.
 */
record PortClaims(Machine machine, Entries entries) {
    /** FAILED_PRECONDITION says who has one of them. */
    void check(Entry entry) {
        Optional<Pod> pod = machine.pod(entry.podId());
        for (PortMapping port : pod.map(p -> p.config().ports()).orElseThrow()) {
            if (port.hostPort() == 0) {
                continue;
            }
            for (Entry other : entries.all()) {
                if (!other.id().equals(entry.id()) && claims(other, port)) {
                    throw allocated(port, "container %s publishes it".formatted(other.name()));
                }
            }
            for (Pod other : machine.kubeletsPods()) {
                if (claims(other, port)) {
                    throw allocated(
                            port,
                            "kubelet's pod %s publishes it"
                                    .formatted(other.config().name().qualified()));
                }
            }
            if (!free(port)) {
                throw allocated(port, "a process of this node listens there (ss -lnp shows it)");
            }
        }
    }

    private boolean claims(Entry other, PortMapping port) {
        return other.complete()
                && machine.pod(other.podId()).filter(pod -> claims(pod, port)).isPresent();
    }

    private static boolean claims(Pod pod, PortMapping port) {
        return (pod.state() == PodState.READY || pod.state() == PodState.STARTING)
                && pod.config().ports().stream()
                        .anyMatch(theirs -> theirs.hostPort() != 0 && collide(theirs, port));
    }

    private static boolean collide(PortMapping one, PortMapping other) {
        return one.hostPort() == other.hostPort()
                && one.protocol() == other.protocol()
                && (any(one) || any(other) || one.hostIp().equals(other.hostIp()));
    }

    private static boolean any(PortMapping port) {
        return port.hostIp().isEmpty()
                || port.hostIp().equals("0.0.0.0")
                || port.hostIp().equals("::");
    }

    private static boolean free(PortMapping port) {
        try {
            InetSocketAddress at =
                    any(port)
                            ? new InetSocketAddress(port.hostPort())
                            : new InetSocketAddress(
                                    InetAddress.ofLiteral(port.hostIp()), port.hostPort());
            switch (port.protocol()) {
                case TCP -> {
                    try (ServerSocket socket = new ServerSocket()) {
                        socket.bind(at);
                    }
                }
                case UDP -> {
                    try (DatagramSocket socket = new DatagramSocket(at)) {
                        return socket.isBound();
                    }
                }
                case SCTP -> {}
            }
            return true;
        } catch (IOException | IllegalArgumentException _) {
            return false;
        }
    }

    private static Failure allocated(PortMapping port, String who) {
        return Failure.precondition(
                "port %d is already allocated: %s".formatted(port.hostPort(), who));
    }
}
