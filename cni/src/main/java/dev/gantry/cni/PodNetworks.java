package dev.gantry.cni;

import dev.gantry.model.PodNetwork;
import dev.gantry.state.Database;
import dev.gantry.state.Migration;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Wires pods to the node's network. Calls for one pod wait for one another; those for different
 * pods run side by side. Each call blocks, at most the plugins' deadlines long, and an interrupt
 * does not cut it short.
 */
public interface PodNetworks {
    /**
     * Uses the configuration directory and plugins of the settings, and records in the database.
     */
    static PodNetworks open(CniSettings settings, Database database) {
        return new CniPodNetworks(settings, database, List.of());
    }

    /** The tables that this room keeps in the state file. */
    static List<Migration> migrations() {
        return AttachmentTable.MIGRATIONS;
    }

    /** Whether pods can be wired now, and why not. */
    NetworkStatus status();

    /** The list in use, its programs, and what went wrong last. */
    NetworkDetails details();

    /**
     * ADD: wires the pod to the network that it names, or to the chosen one. A pod that is attached
     * to the same namespace already keeps what it has. On failure what was done is undone; should
     * that fail too, the message says so and {@link #detach} tries again.
     */
    PodNetwork attach(Attachment attachment);

    /** CHECK: fails when the pod's network is no longer as ADD left it. */
    void check(String podId);

    /**
     * DEL, with the configuration and arguments of ADD. Nothing to do is no error. On failure the
     * record stays, and the next call goes on with the plugin that failed.
     *
     * @param netns the pod's namespace, empty when it is gone
     */
    void detach(String podId, Optional<Path> netns);

    /** What {@link #attach} returned for a pod that is attached. */
    Optional<PodNetwork> find(String podId);

    /**
     * Ids of pods that {@link #detach} has something to do for: attached ones, and those left
     * behind by an attach or a detach that did not end.
     */
    List<String> recorded();
}
