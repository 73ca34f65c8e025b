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

    /** A name and its address. */
    public record Host(String name, String address) {}
}
