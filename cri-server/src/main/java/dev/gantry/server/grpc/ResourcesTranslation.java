package dev.gantry.server.grpc;

import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.proto.cri.v1.ContainerResources;
import dev.gantry.proto.cri.v1.HugepageLimit;
import dev.gantry.proto.cri.v1.LinuxContainerResources;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** CRI LinuxContainerResources and our own limits. */
public final class ResourcesTranslation {
    private ResourcesTranslation() {}

    /** Limits; what is zero or empty is not given. */
    public static Resources resources(LinuxContainerResources in) {
        Map<String, Long> hugepages = new TreeMap<>();
        for (HugepageLimit limit : in.getHugepageLimitsList()) {
            hugepages.put(limit.getPageSize(), limit.getLimit());
        }
        long score = in.getOomScoreAdj();
        if (score < -1000 || score > 1000) {
            throw Failure.invalid("oom_score_adj " + score + " is not between -1000 and 1000");
        }
        return new Resources(
                in.getCpuShares(),
                in.getCpuQuota(),
                in.getCpuPeriod(),
                in.getCpusetCpus(),
                in.getCpusetMems(),
                in.getMemoryLimitInBytes(),
                in.getMemorySwapLimitInBytes(),
                0,
                OptionalInt.of(Math.toIntExact(score)),
                hugepages,
                in.getUnifiedMap());
    }

    /** Limits as CRI tells them. */
    public static ContainerResources resources(Resources in) {
        LinuxContainerResources.Builder out =
                LinuxContainerResources.newBuilder()
                        .setCpuShares(in.cpuShares())
                        .setCpuQuota(in.cpuQuota())
                        .setCpuPeriod(in.cpuPeriod())
                        .setCpusetCpus(in.cpusetCpus())
                        .setCpusetMems(in.cpusetMems())
                        .setMemoryLimitInBytes(in.memoryLimit())
                        .setMemorySwapLimitInBytes(in.memorySwap())
                        .setOomScoreAdj(in.oomScoreAdj().orElse(0))
                        .putAllUnified(in.unified());
        new TreeMap<>(in.hugepages())
                .forEach(
                        (size, limit) ->
                                out.addHugepageLimits(
                                        HugepageLimit.newBuilder()
                                                .setPageSize(size)
                                                .setLimit(limit)));
        return ContainerResources.newBuilder().setLinux(out).build();
    }
}
