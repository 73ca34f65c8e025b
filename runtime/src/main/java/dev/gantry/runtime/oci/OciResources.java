package dev.gantry.runtime.oci;

import dev.gantry.model.Resources;
import dev.gantry.runtime.cgroup.ResourceRules;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What the control group of a container holds it to (OCI config, {@code linux.resources}). */
public record OciResources(
        List<OciDeviceRule> devices,
        Optional<OciMemory> memory,
        Optional<OciCpu> cpu,
        Optional<OciPids> pids,
        List<OciHugepageLimit> hugepageLimits,
        Map<String, String> unified) {
    public static final OciResources NONE =
            new OciResources(
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Map.of());

    public OciResources {
        devices = List.copyOf(devices);
        hugepageLimits = List.copyOf(hugepageLimits);
        unified = Map.copyOf(unified);
    }

    /**
     * CRI's numbers as OCI's: what is zero there is absent here. The device rules stay.
     * INVALID_ARGUMENT names what can be set on no machine.
     */
    public OciResources with(Resources from) {
        ResourceRules.check(from);
        OciMemory memory =
                new OciMemory(
                        given(from.memoryLimit()),
                        given(from.memoryReservation()),
                        given(from.memorySwap()));
        OciCpu cpu =
                new OciCpu(
                        given(from.cpuShares()),
                        given(from.cpuQuota()),
                        given(from.cpuPeriod()),
                        from.cpusetCpus(),
                        from.cpusetMems());
        List<OciHugepageLimit> huge =
                new TreeMap<>(from.hugepages())
                        .entrySet().stream()
                                .map(e -> new OciHugepageLimit(e.getKey(), e.getValue()))
                                .toList();
        return new OciResources(
                devices,
                Optional.of(memory).filter(m -> !m.equals(OciMemory.NONE)),
                Optional.of(cpu).filter(c -> !c.equals(OciCpu.NONE)),
                from.pidsLimit() == 0
                        ? Optional.empty()
                        : Optional.of(new OciPids(from.pidsLimit())),
                huge,
                from.unified());
    }

    public OciResources withDevices(List<OciDeviceRule> value) {
        return new OciResources(value, memory, cpu, pids, hugepageLimits, unified);
    }

    private static OptionalLong given(long number) {
        return number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
    }
}
