package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerExtras;
import dev.gantry.model.Failure;
import dev.gantry.runtime.OwnLimits;
import dev.gantry.runtime.oci.OciRlimit;
import dev.gantry.runtime.plan.Rlimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A container's own resource limits over the node's. */
final class Ulimits {
    private Ulimits() {}

    /** What the daemon may not set is lowered to what it may, as for the node's. */
    static List<OciRlimit> over(List<OciRlimit> node, List<ContainerExtras.Ulimit> own) {
        if (own.isEmpty()) {
            return node;
        }
        Map<String, OciRlimit> all = new LinkedHashMap<>();
        node.forEach(limit -> all.put(limit.type(), limit));
        List<OciRlimit> asked = new ArrayList<>();
        for (ContainerExtras.Ulimit limit : own) {
            String type = "RLIMIT_" + limit.name().toUpperCase(Locale.ROOT);
            if (!Rlimits.isKnown(type)) {
                throw Failure.invalid("\"" + limit.name() + "\" is not a resource limit");
            }
            asked.add(new OciRlimit(type, limit.hard(), limit.soft()));
        }
        OwnLimits.ofThisProcess().within(asked).forEach(limit -> all.put(limit.type(), limit));
        return List.copyOf(all.values());
    }
}
