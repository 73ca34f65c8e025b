package dev.gantry.engine;

import dev.gantry.model.Resources;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Limits that are changed in part: what is zero or empty stays as it is. */
final class MergedResources {
    private MergedResources() {}

    static Resources merge(Resources now, Resources asked) {
        Map<String, Long> hugepages = new HashMap<>(now.hugepages());
        hugepages.putAll(asked.hugepages());
        Map<String, String> unified = new HashMap<>(now.unified());
        unified.putAll(asked.unified());
        return new Resources(
                given(asked.cpuShares(), now.cpuShares()),
                given(asked.cpuQuota(), now.cpuQuota()),
                given(asked.cpuPeriod(), now.cpuPeriod()),
                given(asked.cpusetCpus(), now.cpusetCpus()),
                given(asked.cpusetMems(), now.cpusetMems()),
                given(asked.memoryLimit(), now.memoryLimit()),
                swap(now, asked),
                given(asked.pidsLimit(), now.pidsLimit()),
                // CRI's zero is "not specified".
                asked.oomScoreAdj().orElse(0) == 0 ? now.oomScoreAdj() : asked.oomScoreAdj(),
                hugepages,
                unified,
                given(asked.memoryReservation(), now.memoryReservation()));
    }

    /** A limit of memory that is changed alone leaves the swap beside it as it was. */
    private static long swap(Resources now, Resources asked) {
        if (asked.memorySwap() != 0 || now.memorySwap() <= 0 || asked.memoryLimit() == 0) {
            return given(asked.memorySwap(), now.memorySwap());
        }
        return asked.memoryLimit() < 0
                ? -1
                : asked.memoryLimit() + now.memorySwap() - Math.max(0, now.memoryLimit());
    }

    /**
     * Of the limits those that were asked about, with what the kernel needs beside them: quota with
     * its period, memory with swap.
     */
    static Resources asFarAsAsked(Resources limits, Resources asked) {
        boolean bandwidth = asked.cpuQuota() != 0 || asked.cpuPeriod() != 0;
        boolean memory = asked.memoryLimit() != 0 || asked.memorySwap() != 0;
        Map<String, Long> hugepages = new HashMap<>(limits.hugepages());
        hugepages.keySet().retainAll(asked.hugepages().keySet());
        Map<String, String> unified = new HashMap<>(limits.unified());
        unified.keySet().retainAll(asked.unified().keySet());
        return new Resources(
                asked.cpuShares() == 0 ? 0 : limits.cpuShares(),
                bandwidth ? limits.cpuQuota() : 0,
                bandwidth ? limits.cpuPeriod() : 0,
                asked.cpusetCpus().isEmpty() ? "" : limits.cpusetCpus(),
                asked.cpusetMems().isEmpty() ? "" : limits.cpusetMems(),
                memory ? limits.memoryLimit() : 0,
                memory ? limits.memorySwap() : 0,
                asked.pidsLimit() == 0 ? 0 : limits.pidsLimit(),
                asked.oomScoreAdj().orElse(0) == 0 ? OptionalInt.empty() : limits.oomScoreAdj(),
                hugepages,
                unified,
                asked.memoryReservation() == 0 ? 0 : limits.memoryReservation());
    }

    /** Both together, as of a pod's containers and its overhead; without a limit there is none. */
    static Resources sum(Resources one, Resources other) {
        return new Resources(
                one.cpuShares() == 0 ? 0 : one.cpuShares() + other.cpuShares(),
                one.cpuQuota() <= 0
                        ? one.cpuQuota()
                        : one.cpuQuota() + quota(other, one.cpuPeriod()),
                one.cpuPeriod(),
                one.cpusetCpus(),
                one.cpusetMems(),
                bytes(one.memoryLimit(), other.memoryLimit()),
                bytes(one.memorySwap(), other.memorySwap()),
                one.pidsLimit(),
                OptionalInt.empty(),
                one.hugepages(),
                one.unified(),
                one.memoryReservation());
    }

    private static long quota(Resources of, long period) {
        long own = of.cpuPeriod() == 0 ? 100_000 : of.cpuPeriod();
        long wanted = period == 0 ? 100_000 : period;
        return Math.max(0, of.cpuQuota()) * wanted / own;
    }

    private static long bytes(long one, long other) {
        return one <= 0 ? one : one + Math.max(0, other);
    }

    private static long given(long asked, long now) {
        return asked == 0 ? now : asked;
    }

    private static String given(String asked, String now) {
        return asked.isEmpty() ? now : asked;
    }
}
