package dev.gantry.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;

/**
 * All that is needed to call a pod's plugins again, and how far the calls have come. Plugins {@code
 * 0} to {@code started - 1} may have something to delete; while {@code attached} is false an ADD or
 * a DEL is under way, or was when the daemon died.
 */
record AttachmentRecord(
        String podId,
        String interfaceName,
        Path netns,
        String arguments,
        ObjectNode capabilities,
        Conflist conflist,
        int started,
        boolean attached,
        Optional<ObjectNode> result) {

    /** What is written before the first ADD. */
    static AttachmentRecord intent(Attachment pod, String interfaceName, Conflist conflist) {
        return new AttachmentRecord(
                pod.podId(),
                interfaceName,
                pod.netns(),
                pod.arguments(),
                Capabilities.of(pod),
                conflist,
                1,
                false,
                Optional.empty());
    }

    /** What is written before the ADD of plugin {@code index}, and before a repeated DEL of it. */
    AttachmentRecord starting(int index) {
        return at(index + 1, false, result);
    }

    AttachmentRecord added(ObjectNode latest) {
        return at(started, attached, Optional.of(latest));
    }

    AttachmentRecord complete() {
        return at(started, true, result);
    }

    /** What is written after the DEL of plugin {@code index}. */
    AttachmentRecord deleted(int index) {
        return at(index, false, result);
    }

    private AttachmentRecord at(int count, boolean done, Optional<ObjectNode> latest) {
        return new AttachmentRecord(
                podId,
                interfaceName,
                netns,
                arguments,
                capabilities,
                conflist,
                count,
                done,
                latest);
    }
}
