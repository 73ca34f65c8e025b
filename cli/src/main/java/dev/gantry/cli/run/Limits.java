package dev.gantry.cli.run;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.args.UsageError;
import dev.gantry.proto.cri.v1.LinuxContainerResources;
import dev.gantry.proto.v1.MoreLimits;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** {@code --memory}, {@code --cpus} and the other limits, for run, create and update. */
public final class Limits {
    private static final long LEAST_MEMORY = 6L << 20;
    private static final long PERIOD = 100_000;

    private Limits() {}

    /** The limits that were given; what was not is zero. */
    public static LinuxContainerResources of(Arguments given) {
        LinuxContainerResources.Builder limits = LinuxContainerResources.newBuilder();
        memory(given, limits);
        cpu(given, limits);
        return limits.build();
    }

    /** Those that the CRI does not have. */
    public static MoreLimits more(Arguments given) {
        MoreLimits.Builder more = MoreLimits.newBuilder();
        if (given.given("pids-limit")) {
            long pids = given.number("pids-limit");
            more.setPids(pids <= 0 ? -1 : pids);
        }
        given.text("memory-reservation")
                .ifPresent(
                        text ->
                                more.setMemoryReservation(
                                        Sizes.bytes("--memory-reservation", text)));
        return more.build();
    }

    private static void memory(Arguments given, LinuxContainerResources.Builder limits) {
        given.text("memory")
                .ifPresent(text -> limits.setMemoryLimitInBytes(Sizes.bytes("-m, --memory", text)));
        long memory = limits.getMemoryLimitInBytes();
        if (given.given("memory") && memory != 0 && memory < LEAST_MEMORY) {
            throw new UsageError("--memory: minimum memory limit allowed is 6MB");
        }
        given.text("memory-reservation")
                .ifPresent(
                        text -> {
                            long reserved = Sizes.bytes("--memory-reservation", text);
                            if (memory > 0 && reserved > memory) {
                                throw new UsageError(
                                        "minimum memory limit can not be less than memory reservation limit: --memory %d, --memory-reservation %d"
                                                .formatted(memory, reserved));
                            }
                        });
        given.text("memory-swap")
                .ifPresent(text -> limits.setMemorySwapLimitInBytes(swap(text, memory)));
    }

    private static long swap(String text, long memory) {
        if (text.equals("-1")) {
            return -1;
        }
        long swap = Sizes.bytes("--memory-swap", text);
        if (swap > 0 && memory == 0) {
            throw new UsageError(
                    "--memory-swap is memory and swap together: it needs --memory, too");
        }
        if (swap > 0 && swap < memory) {
            throw new UsageError(
                    "--memory-swap is memory and swap together: %d is less than --memory %d"
                            .formatted(swap, memory));
        }
        return swap;
    }

    private static void cpu(Arguments given, LinuxContainerResources.Builder limits) {
        if (given.given("cpus")) {
            if (given.given("cpu-period") || given.given("cpu-quota")) {
                throw new UsageError(
                        "conflicting options: --cpus cannot be set together with --cpu-period or --cpu-quota");
            }
            long quota = quota(given.value("cpus"));
            if (quota > 0) {
                limits.setCpuPeriod(PERIOD).setCpuQuota(quota);
            }
        }
        if (given.given("cpu-period")) {
            long period = given.number("cpu-period");
            if (period != 0 && (period < 1_000 || period > 1_000_000)) {
                throw new UsageError(
                        "--cpu-period: CPU cfs period must be from 1000 to 1000000 microseconds");
            }
            limits.setCpuPeriod(period);
        }
        if (given.given("cpu-quota")) {
            long quota = given.number("cpu-quota");
            if (quota > 0 && quota < 1_000) {
                throw new UsageError(
                        "--cpu-quota: CPU cfs quota can not be less than 1000 microseconds");
            }
            limits.setCpuQuota(quota);
        }
        if (given.number("cpu-shares") < 0) {
            throw new UsageError("--cpu-shares: it cannot be negative");
        }
        limits.setCpuShares(given.number("cpu-shares"));
        limits.setCpusetCpus(set(given, "cpuset-cpus")).setCpusetMems(set(given, "cpuset-mems"));
    }

    private static long quota(String text) {
        BigDecimal cpus;
        try {
            cpus = new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw Wrong.value(
                    "--cpus", text, "failed to parse as a number; write 1.5 for one and a half");
        }
        if (cpus.signum() < 0
                || (cpus.signum() > 0 && cpus.compareTo(new BigDecimal("0.01")) < 0)) {
            throw Wrong.value("--cpus", text, "range of CPUs is from 0.01 upwards");
        }
        return cpus.multiply(BigDecimal.valueOf(PERIOD))
                .setScale(0, RoundingMode.HALF_UP)
                .longValueExact();
    }

    private static String set(Arguments given, String option) {
        String text = given.value(option);
        if (!text.isEmpty() && !text.matches("\\d+(-\\d+)?(,\\d+(-\\d+)?)*")) {
            throw Wrong.value("--" + option, text, "write numbers and ranges, such as 0-2,7");
        }
        return text;
    }
}
