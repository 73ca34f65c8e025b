package dev.gantry.engine.config;

import java.util.List;

/**
 * What docker has of a pod and the CRI has not.
 *
 * @param shmSize of the pod's /dev/shm in bytes; 0 for 64 MiB
 * @param hosts further lines of /etc/hosts
 */
public record PodExtras(long shmSize, List<Host> hosts) {
    public static final PodExtras NONE = new PodExtras(0, List.of());

    public PodExtras {
        hosts = List.copyOf(hosts);
    }

    /**
     * A name and its address.
     *
     * @param address {@link #GATEWAY} for the node as the pod reaches it, which is known only when
     *     the pod is on its network
     */
    public record Host(String name, String address) {
        /** Docker's word for the gateway of the pod's network. */
        public static final String GATEWAY = "host-gateway";
    }
}
