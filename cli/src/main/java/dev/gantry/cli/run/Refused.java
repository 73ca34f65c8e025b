package dev.gantry.cli.run;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.args.UsageError;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Docker's options that cannot be honoured here: each is understood, and refused with its reason.
 */
final class Refused {
    private static final Map<String, String> REASONS = new LinkedHashMap<>();
    private static final String BLOCK =
            "block devices are not throttled by it; use a systemd slice and --cgroup-parent";
    private static final String REALTIME =
            "kernels with group scheduling of real-time tasks are rare; use --ulimit rtprio and --cap-add SYS_NICE";

    static {
        REASONS.put("blkio-weight", BLOCK);
        REASONS.put("blkio-weight-device", BLOCK);
        REASONS.put("device-read-bps", BLOCK);
        REASONS.put("device-read-iops", BLOCK);
        REASONS.put("device-write-bps", BLOCK);
        REASONS.put("device-write-iops", BLOCK);
        REASONS.put("cpu-rt-period", REALTIME);
        REASONS.put("cpu-rt-runtime", REALTIME);
        REASONS.put("domainname", "write the whole name in --hostname");
        REASONS.put(
                "gpus",
                "name the devices by the Container Device Interface: --device nvidia.com/gpu=all");
        REASONS.put("isolation", "it is for Windows");
        REASONS.put("kernel-memory", "no kernel has such a limit any more; --memory counts it");
        REASONS.put(
                "link",
                "put both on a network of their own (gantry network create), where each finds the other by name");
        REASONS.put("link-local-ip", "a network gives addresses; see --ip and --ip6");
        REASONS.put("memory-swappiness", "cgroup v2 has no such value; see --memory-swap");
        REASONS.put("storage-opt", "the writable layer takes no options here");
        REASONS.put("volume-driver", "there is no volume driver but local");
    }

    private Refused() {}

    static Options options() {
        return Options.of(
                REASONS.keySet().stream()
                        .map(name -> Option.list(name, "Not supported").unseen())
                        .toArray(Option[]::new));
    }

    static void check(Arguments given) {
        REASONS.forEach(
                (name, reason) -> {
                    if (given.given(name)) {
                        throw new UsageError("--" + name + " is not supported: " + reason);
                    }
                });
    }
}
