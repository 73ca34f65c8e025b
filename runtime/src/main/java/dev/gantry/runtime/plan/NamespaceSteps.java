package dev.gantry.runtime.plan;

import dev.gantry.runtime.ProcessNamespace;
import dev.gantry.runtime.oci.OciIdMapping;
import dev.gantry.runtime.oci.OciLinux;
import dev.gantry.runtime.oci.OciNamespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Entering namespaces: the pod's, those named by a path, and new ones. */
final class NamespaceSteps {
    /** Kinds that belong to the pod where it holds one; the others are always a container's own. */
    private static final int OF_PODS =
            Clone.NEWNET | Clone.NEWIPC | Clone.NEWUTS | Clone.NEWPID | Clone.NEWUSER;

    private NamespaceSteps() {}

    static List<LaunchStep> enter(OciLinux linux, int heldByPod, LaunchExtras extras) {
        boolean ofPod = extras.processes() instanceof ProcessNamespace.OfPod;
        int podNamespaces = ofPod ? heldByPod : heldByPod & ~Clone.NEWPID;
        int pods = 0;
        int own = 0;
        var joins = new ArrayList<LaunchStep>();
        for (OciNamespace namespace : linux.namespaces()) {
            int bit = Clone.bit(namespace.type());
            if (!namespace.path().isEmpty()) {
                joins.add(new LaunchStep.JoinNamespace(bit, Path.of(namespace.path())));
            } else if (bit == Clone.NEWPID
                    && extras.processes() instanceof ProcessNamespace.Of(String other)) {
                joins.add(new LaunchStep.JoinOther(other, bit));
            } else if ((bit & OF_PODS & podNamespaces) != 0) {
                pods |= bit;
            } else {
                own |= bit;
            }
        }
        var steps = new ArrayList<LaunchStep>();
        if ((pods & Clone.NEWUSER) != 0) {
            steps.addAll(outside(linux));
        }
        if (pods != 0) {
            steps.add(new LaunchStep.JoinPodNamespaces(pods));
        }
        steps.addAll(joins);
        steps.add(new LaunchStep.Unshare(own));
        // A pid namespace, new or joined, is that of the children.
        if (linux.namespace(OciNamespace.Type.PID).isPresent()) {
            steps.add(new LaunchStep.Fork());
        }
        return steps;
    }

    /** What has to be done while still outside of the user namespace, with the host's rights. */
    private static List<LaunchStep> outside(OciLinux linux) {
        return List.of(
                new LaunchStep.GiveStdio(OciIdMapping.outside(linux.uidMappings(), 0)),
                new LaunchStep.Unshare(Clone.NEWNS),
                new LaunchStep.Propagation(
                        Path.of("/"), MountOptions.MS_REC | MountOptions.MS_SLAVE),
                new LaunchStep.Prepare());
    }
}
