package dev.gantry.engine;

import dev.gantry.model.Failure;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Network attachments of pods that nobody knows: a state that was restored from a copy, or a pod
 * that was forgotten while its plugins failed. They would hold their addresses for ever.
 */
final class StrayNetworks {
    private static final Logger LOG = LoggerFactory.getLogger(StrayNetworks.class);

    private final Parts parts;

    StrayNetworks(Parts parts) {
        this.parts = parts;
    }

    /** Those there are now. Asked before the first call is taken, so that no new pod is one. */
    List<String> find() {
        return parts.rooms().networks().recorded().stream()
                .filter(id -> parts.world().findPod(id).isEmpty())
                .toList();
    }

    /** Detaches them in the background, one after another: plugins may take their deadlines. */
    void detach(List<String> strays) {
        if (!strays.isEmpty()) {
            Thread.ofVirtual().name("stray networks").start(() -> strays.forEach(this::detach));
        }
    }

    private void detach(String podId) {
        try {
            parts.rooms().networks().detach(podId, Optional.empty());
            LOG.atInfo()
                    .addKeyValue("pod", podId)
                    .log("detached the network of a pod that is not known");
        } catch (Failure e) {
            LOG.atWarn()
                    .addKeyValue("pod", podId)
                    .addKeyValue("error", e.message())
                    .log("the network of a pod that is not known was not detached");
        }
    }
}
