package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.runtime.oci.OciMemory;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What limits can be at all, whatever the machine: asked before anything is done. */
public final class ResourceRules {
    private static final Pattern PAGE_SIZE = Pattern.compile("[1-9][0-9]{0,4}(KB|MB|GB)");
    private static final long MIN_PERIOD = 1_000;
    private static final long MAX_PERIOD = 1_000_000;

    private ResourceRules() {}

    /** INVALID_ARGUMENT names the field, its value and what it can be. */
    public static void check(Resources r) {
        if (r.cpuShares() < 0) {
            throw Failure.invalid("cpu_shares %d is negative".formatted(r.cpuShares()));
        }
        if (r.cpuPeriod() != 0 && (r.cpuPeriod() < MIN_PERIOD || r.cpuPeriod() > MAX_PERIOD)) {
            throw Failure.invalid(
                    "cpu_period %d is not between %d and %d microseconds"
                            .formatted(r.cpuPeriod(), MIN_PERIOD, MAX_PERIOD));
        }
        unlimitedOrMore("cpu_quota", r.cpuQuota());
        unlimitedOrMore("memory_limit_in_bytes", r.memoryLimit());
        unlimitedOrMore("memory_swap_limit_in_bytes", r.memorySwap());
        unlimitedOrMore("memory reservation", r.memoryReservation());
        unlimitedOrMore("pids limit", r.pidsLimit());
        if (r.memoryLimit() > 0 && r.memorySwap() > 0) {
            SwapRoom.of(
                    new OciMemory(
                            OptionalLong.of(r.memoryLimit()),
                            OptionalLong.empty(),
                            OptionalLong.of(r.memorySwap())));
        }
        if (!r.cpusetCpus().isEmpty()) {
            CpuList.parse(r.cpusetCpus());
        }
        if (!r.cpusetMems().isEmpty()) {
            CpuList.parse(r.cpusetMems());
        }
        r.hugepages().forEach(ResourceRules::hugepages);
        UnifiedKeys.check(r.unified());
    }

    private static void unlimitedOrMore(String field, long value) {
        if (value < -1) {
            throw Failure.invalid("%s %d is negative; -1 is no limit".formatted(field, value));
        }
    }

    private static void hugepages(String size, long limit) {
        if (!PAGE_SIZE.matcher(size).matches() || limit < 0) {
            throw Failure.invalid(
                    "hugepage limit of \"%s\", %d bytes: a page size is such as 2MB, a limit not negative"
                            .formatted(size, limit));
        }
    }
}
