package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.Capabilities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this daemon may do on this machine.
 *
 * @param capabilities bits of those that it can give away
 * @param mayLowerOom whether it has CAP_SYS_RESOURCE, without which an oom_score_adj cannot be
 *     lower than the daemon's own
 * @param ownOom the daemon's oom_score_adj
 * @param userNamespaces whether the kernel makes user namespaces, and overlays of layers with
 *     mapped ids (Linux 5.19)
 */
public record HostFacts(
        long capabilities, boolean mayLowerOom, int ownOom, boolean userNamespaces) {
    private static final Logger LOG = LoggerFactory.getLogger(HostFacts.class);
    private static final AtomicBoolean TOLD = new AtomicBoolean();
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})");

    public static HostFacts read() {
        List<String> available = Capabilities.available();
        try {
            String own = Files.readString(Path.of("/proc/self/oom_score_adj")).strip();
            return new HostFacts(
                    Capabilities.mask(available),
                    available.contains("CAP_SYS_RESOURCE"),
                    Integer.parseInt(own),
                    userNamespaces(System.getProperty("os.version", "")));
        } catch (IOException e) {
            throw Failure.of("read /proc/self/oom_score_adj", e);
        }
    }

    static boolean userNamespaces(String kernel) throws IOException {
        Matcher version = VERSION.matcher(kernel);
        Path limit = Path.of("/proc/sys/user/max_user_namespaces");
        return version.lookingAt()
                && Integer.parseInt(version.group(1)) * 1000 + Integer.parseInt(version.group(2))
                        >= 5019
                && Files.exists(limit)
                && !Files.readString(limit).strip().equals("0");
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
