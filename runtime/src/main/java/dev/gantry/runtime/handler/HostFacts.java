package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.Capabilities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this daemon may do on this machine.
 *
 * @param capabilities bits of those that it can give away
 * @param mayLowerOom whether it has CAP_SYS_RESOURCE, without which an oom_score_adj cannot be
 *     lower than the daemon's own
 * @param ownOom the daemon's oom_score_adj
 */
public record HostFacts(long capabilities, boolean mayLowerOom, int ownOom) {
    private static final Logger LOG = LoggerFactory.getLogger(HostFacts.class);
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    public static HostFacts read() {
        List<String> available = Capabilities.available();
        try {
            String own = Files.readString(Path.of("/proc/self/oom_score_adj")).strip();
            return new HostFacts(
                    Capabilities.mask(available),
                    available.contains("CAP_SYS_RESOURCE"),
                    Integer.parseInt(own));
        } catch (IOException e) {
            throw Failure.of("read /proc/self/oom_score_adj", e);
        }
    }

    /** The value as it can be had; says once when that is not what was asked for. */
    public int clampOom(int wanted) {
        if (mayLowerOom || wanted >= ownOom) {
            return wanted;
        }
        if (TOLD.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("wanted", wanted)
                    .addKeyValue("given", ownOom)
                    .log("oom_score_adj is raised: without CAP_SYS_RESOURCE it cannot be lower");
        }
        return ownOom;
    }
}
