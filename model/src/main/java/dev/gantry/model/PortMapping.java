package dev.gantry.model;

/**
 * A port of the host that leads to one of a pod's (CRI PortMapping). {@code hostIp} is empty for
 * every address.
 */
public record PortMapping(Protocol protocol, int containerPort, int hostPort, String hostIp) {
    /** The transport protocols that CRI names. */
    public enum Protocol {
        TCP,
        UDP,
        SCTP
    }

    public PortMapping {
        checkPort(containerPort, "container port");
        checkPort(hostPort, "host port");
    }

    private static void checkPort(int port, String what) {
        if (port < 0 || port > 65535) {
            throw Failure.invalid("%s %d is not between 0 and 65535".formatted(what, port));
        }
    }
}
