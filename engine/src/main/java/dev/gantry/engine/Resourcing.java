package dev.gantry.engine;

import dev.gantry.engine.ContainerState.Created;
import dev.gantry.engine.ContainerState.Running;
import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** UpdateContainerResources: what is zero or empty stays as it is. */
final class Resourcing {
    private static final Logger LOG = LoggerFactory.getLogger(Resourcing.class);

    private final Parts parts;

    Resourcing(Parts parts) {
        this.parts = parts;
    }

    void update(String idOrPrefix, Resources asked) {
        Container container = parts.world().container(idOrPrefix);
        parts.locks().holding(container.podId(), () -> locked(container.id(), asked));
    }

    private void locked(String id, Resources asked) {
        Container container = parts.world().container(id);
        Resources merged = merge(container.resources(), asked);
        switch (container.state()) {
            case Running _ -> parts.shims().require(container.podId()).update(id, merged);
            case Created _ -> {
                // Its start uses what is recorded.
            }
            case ContainerState.Creating _, ContainerState.Exited _, ContainerState.Removing _ ->
                    throw Failure.precondition(
                            "cannot change the limits of container %s: it is %s"
                                    .formatted(id, container.state().words()));
        }
        parts.world().changeContainer(id, c -> c.limitedBy(merged));
        LOG.atInfo()
                .addKeyValue("container", id)
                .addKeyValue("pod", container.podId())
                .addKeyValue("name", container.config().name())
                .log("container resources changed");
    }

    static Resources merge(Resources now, Resources asked) {
        Map<String, Long> hugepages = new HashMap<>(now.hugepages());
        hugepages.putAll(asked.hugepages());
        Map<String, String> unified = new HashMap<>(now.unified());
        unified.putAll(asked.unified());
        return new Resources(
                given(asked.cpuShares(), now.cpuShares()),
                given(asked.cpuQuota(), now.cpuQuota()),
                given(asked.cpuPeriod(), now.cpuPeriod()),
                given(asked.cpusetCpus(), now.cpusetCpus()),
                given(asked.cpusetMems(), now.cpusetMems()),
                given(asked.memoryLimit(), now.memoryLimit()),
                given(asked.memorySwap(), now.memorySwap()),
                given(asked.pidsLimit(), now.pidsLimit()),
                asked.oomScoreAdj().isPresent() ? asked.oomScoreAdj() : now.oomScoreAdj(),
                hugepages,
                unified);
    }

    private static long given(long asked, long now) {
        return asked == 0 ? now : asked;
    }

    private static String given(String asked, String now) {
        return asked.isEmpty() ? now : asked;
    }
}
