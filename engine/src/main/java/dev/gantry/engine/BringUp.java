package dev.gantry.engine;

import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.model.Failure;
import dev.gantry.model.PodNetwork;
import dev.gantry.model.Steps;
import dev.gantry.runtime.PodHandle;
import dev.gantry.runtime.PodSpec;

/**
 * What makes a pod ready that is written down, new or not: shim, namespaces and cgroup; then the
 * network; then the pod's files; then the record. Each step's undoing is pushed before the step.
 */
final class BringUp {
    private final Parts parts;
    private final PodFiles files;

    BringUp(Parts parts) {
        this.parts = parts;
        this.files = new PodFiles(parts.settings());
    }

    /** With the pod's lock held; returns the pod that is ready. */
    Pod run(Pod pod, PodSpec spec, Undo undo, Steps steps) {
        Rooms rooms = parts.rooms();
        undo.push("end the shim", () -> parts.shims().end(pod, parts.shims().reach(pod.id())));
        PodHandle handle = rooms.runtime().start(spec);
        PodNetwork network = PodNetwork.NONE;
        if (pod.config().security().namespaces().network() == Mode.POD
                && !pod.config().network().isNone()) {
            undo.push(
                    "detach the network", () -> rooms.networks().detach(pod.id(), handle.netns()));
            network =
                    steps.time(
                            "network",
                            () ->
                                    rooms.networks()
                                            .attach(
                                                    pod.id(),
                                                    pod.config(),
                                                    handle.netns()
                                                            .orElseThrow(BringUp::noNamespace)));
        }
        undo.push("remove the pod's files", () -> files.remove(pod.id()));
        PodNetwork attached = network;
        steps.time(
                "files",
                "write the pod's files to " + parts.settings().podFiles(pod.id()),
                () -> files.write(pod.id(), pod.config(), attached));
        steps.time("subscribe", () -> parts.shims().hold(handle));
        return steps.time(
                "record",
                () ->
                        parts.world()
                                .changePod(
                                        pod.id(),
                                        p -> p.ready(attached, handle.netns(), handle.shimPid())));
    }

    private static Failure noNamespace() {
        return Failure.internal("the pod has no network namespace to attach");
    }
}
