package dev.gantry.runtime.cgroup.systemd;

import dev.gantry.model.Failure;
import dev.gantry.runtime.cgroup.CpuList;
import dev.gantry.runtime.cgroup.CpuWeight;
import dev.gantry.runtime.cgroup.SwapRoom;
import dev.gantry.runtime.oci.OciCpu;
import dev.gantry.runtime.oci.OciMemory;
import dev.gantry.runtime.oci.OciResources;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.UInt64;

/**
 * Limits of a pod as properties of its scope (systemd.resource-control(5)): what systemd has been
 * told it keeps through a daemon-reload, what is written past it is lost then.
 */
final class ScopeProperties {
    /** What systemd reads as "no limit": all bits set. */
    static final UInt64 INFINITY =
            new UInt64(BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE));

    private static final long SECOND = 1_000_000;
    private static final long DEFAULT_PERIOD = 100_000;

    /** Keys of version 2 that are a property of the same meaning, in bytes or tasks. */
    private static final Map<String, String> UNIFIED =
            Map.of(
                    "memory.max", "MemoryMax",
                    "memory.high", "MemoryHigh",
                    "memory.low", "MemoryLow",
                    "memory.min", "MemoryMin",
                    "memory.swap.max", "MemorySwapMax",
                    "pids.max", "TasksMax");

    private ScopeProperties() {}

    /** Those of a new scope, besides its limits. */
    static List<UnitProperty> unit(String slice, String podId, int pid) {
        return List.of(
                UnitProperty.text("Description", "Gantry pod " + podId),
                UnitProperty.text("Slice", slice),
                new UnitProperty("PIDs", List.of(new UInt32(pid)), "au"),
                UnitProperty.flag("Delegate"),
                // The node's shutdown ends pods by kubelet, not by the order of units.
                new UnitProperty("DefaultDependencies", false, "b"),
                UnitProperty.text("CollectMode", "inactive-or-failed"),
                UnitProperty.flag("CPUAccounting"),
                UnitProperty.flag("MemoryAccounting"),
                UnitProperty.flag("IOAccounting"),
                UnitProperty.flag("TasksAccounting"),
                // Else it is a share of the machine's (DefaultTasksMax).
                new UnitProperty("TasksMax", INFINITY, "t"));
    }

    /**
     * Those of limits.
     *
     * @param v2 whether the machine has control groups of version 2
     */
    static List<UnitProperty> limits(OciResources resources, boolean v2) {
        var all = new ArrayList<UnitProperty>();
        resources.cpu().ifPresent(cpu -> cpu(cpu, v2, all));
        resources.memory().ifPresent(memory -> memory(memory, v2, all));
        resources.pids().ifPresent(p -> all.add(amount("TasksMax", p.limit())));
        new TreeMap<>(resources.unified()).forEach((key, value) -> all.add(unified(key, value)));
        return List.copyOf(all);
    }

    private static void cpu(OciCpu cpu, boolean v2, List<UnitProperty> all) {
        cpu.shares()
                .ifPresent(
                        shares ->
                                all.add(
                                        v2
                                                ? UnitProperty.number(
                                                        "CPUWeight", CpuWeight.of(shares))
                                                : UnitProperty.number("CPUShares", shares)));
        if (cpu.quota().isPresent()) {
            long period = cpu.period().orElse(DEFAULT_PERIOD);
            if (cpu.period().isPresent()) {
                all.add(UnitProperty.number("CPUQuotaPeriodUSec", period));
            }
            long quota = cpu.quota().getAsLong();
            all.add(
                    quota <= 0
                            ? new UnitProperty("CPUQuotaPerSecUSec", INFINITY, "t")
                            : UnitProperty.number("CPUQuotaPerSecUSec", perSecond(quota, period)));
        }
        if (v2 && !cpu.cpus().isEmpty()) {
            all.add(new UnitProperty("AllowedCPUs", CpuList.mask(cpu.cpus()), "ay"));
        }
        if (v2 && !cpu.mems().isEmpty()) {
            all.add(new UnitProperty("AllowedMemoryNodes", CpuList.mask(cpu.mems()), "ay"));
        }
    }

    /** systemd takes whole hundredths of a processor: rounded up, so that none is taken away. */
    private static long perSecond(long quota, long period) {
        long exact = Math.multiplyExact(quota, SECOND) / period;
        long step = SECOND / 100;
        return Math.ceilDiv(exact, step) * step;
    }

    private static void memory(OciMemory memory, boolean v2, List<UnitProperty> all) {
        memory.limit().ifPresent(v -> all.add(amount(v2 ? "MemoryMax" : "MemoryLimit", v)));
        if (v2) {
            memory.reservation().ifPresent(v -> all.add(amount("MemoryLow", v)));
            SwapRoom.of(memory).ifPresent(v -> all.add(amount("MemorySwapMax", v)));
        }
    }

    private static UnitProperty unified(String key, String value) {
        String property = UNIFIED.get(key);
        if (property == null) {
            throw Failure.invalid(
                    "\"%s\" cannot be set for a pod as a whole with the systemd cgroup driver; it has %s"
                            .formatted(key, Set.copyOf(UNIFIED.keySet())));
        }
        try {
            return amount(property, value.equals("max") ? -1 : Long.parseLong(value));
        } catch (NumberFormatException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "%s is \"%s\": expected a number or max".formatted(key, value),
                    e);
        }
    }

    private static UnitProperty amount(String name, long value) {
        return value < 0 ? new UnitProperty(name, INFINITY, "t") : UnitProperty.number(name, value);
    }
}
