package dev.gantry.runtime;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.Capabilities;
import dev.gantry.runtime.oci.OciRlimit;
import dev.gantry.runtime.plan.Rlimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hard resource limits that this daemon, and so its pods' launchers, have. Without
 * CAP_SYS_RESOURCE no process below them gets more; open files are bounded for everyone by {@code
 * fs.nr_open}.
 */
public final class OwnLimits {
    private static final Logger LOG = LoggerFactory.getLogger(OwnLimits.class);
    private static final String FILES = "RLIMIT_NOFILE";

    /** Where the values begin in a line of /proc/self/limits, behind the limit's name. */
    private static final int NAME_WIDTH = 26;

    /** More than a number has. */
    private static final int DIGITS = 64;

    private final Map<String, Long> most;

    private OwnLimits(Map<String, Long> most) {
        this.most = Map.copyOf(most);
    }

    /** Those of this process. */
    public static OwnLimits ofThisProcess() {
        // Read at once: of a sysctl a second read gives nothing, and Files' first is of one byte.
        try (InputStream openFiles = Files.newInputStream(Path.of("/proc/sys/fs/nr_open"))) {
            return of(
                    Files.readString(Path.of("/proc/self/limits")),
                    new String(openFiles.readNBytes(DIGITS), StandardCharsets.US_ASCII),
                    Capabilities.available().contains("CAP_SYS_RESOURCE"));
        } catch (IOException e) {
            throw Failure.of("read this process' resource limits", e);
        }
    }

    /**
     * From the kernel's files.
     *
     * @param mayRaise whether hard limits can be raised (CAP_SYS_RESOURCE)
     */
    static OwnLimits of(String limits, String openFiles, boolean mayRaise) {
        Map<String, Long> most = new HashMap<>();
        List<String> lines = limits.lines().skip(1).toList();
        // One line a limit, in the order of their numbers.
        for (int number = 0; !mayRaise && number < lines.size(); number++) {
            String[] values = lines.get(number).substring(NAME_WIDTH).strip().split(" +", -1);
            String name = Rlimits.name(number);
            if (!name.isEmpty() && !values[1].equals("unlimited")) {
                most.put(name, Long.parseLong(values[1]));
            }
        }
        most.merge(FILES, Long.parseLong(openFiles.strip()), Math::min);
        return new OwnLimits(most);
    }

    /** The limits as they can be had; says which are not what was asked for. */
    public List<OciRlimit> within(List<OciRlimit> asked) {
        return asked.stream().map(this::within).toList();
    }

    private OciRlimit within(OciRlimit asked) {
        Long bound = most.get(asked.type());
        if (bound == null || Long.compareUnsigned(asked.hard(), bound) <= 0) {
            return asked;
        }
        long soft = Long.compareUnsigned(asked.soft(), bound) <= 0 ? asked.soft() : bound;
        LOG.atWarn()
                .addKeyValue("limit", asked.type())
                .addKeyValue("wanted", Long.toUnsignedString(asked.hard()))
                .addKeyValue("given", bound)
                .log(
                        "a default resource limit of containers is lowered: the daemon's own hard"
                                + " limit is lower (LimitNOFILE= and the like of its unit)");
        return new OciRlimit(asked.type(), bound, soft);
    }
}
