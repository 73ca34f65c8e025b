package dev.gantry.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.runtime.oci.OciMemory;
import dev.gantry.runtime.oci.OciResources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceRulesTest {
    private static Resources resources(
            long shares, long quota, long period, String cpus, long memory, long swap) {
        return new Resources(
                shares,
                quota,
                period,
                cpus,
                "",
                memory,
                swap,
                0,
                OptionalInt.empty(),
                Map.of(),
                Map.of());
    }

    private static Resources unified(String key, String value) {
        return new Resources(
                0, 0, 0, "", "", 0, 0, 0, OptionalInt.empty(), Map.of(), Map.of(key, value));
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 0, 0, '', 0, 0, cpu_shares -1",
        "0, -2, 0, '', 0, 0, cpu_quota -2",
        "0, 0, 999, '', 0, 0, cpu_period 999",
        "0, 0, 1000001, '', 0, 0, cpu_period 1000001",
        "0, 0, 0, 3-1, 0, 0, not a list of processors",
        "0, 0, 0, '0,', 0, 0, not a list of processors",
        "0, 0, 0, 0-99999999999, 0, 0, not a list of processors",
        "0, 0, 0, '', -2, 0, memory_limit_in_bytes -2",
        "0, 0, 0, '', 100, 99, below that of memory",
    })
    void whatNoMachineCanSetIsRefused(
            long shares,
            long quota,
            long period,
            String cpus,
            long memory,
            long swap,
            String message) {
        Resources wrong = resources(shares, quota, period, cpus, memory, swap);
        assertThatThrownBy(() -> OciResources.NONE.with(wrong))
                .isInstanceOfSatisfying(
                        Failure.class,
                        e -> assertThat(e.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cgroup.procs",
                "cgroup.kill",
                "cgroup.subtree_control",
                "cgroup.freeze",
                "../memory.max",
                "memory/../cgroup.procs",
                "memory..max",
                "memory",
                ".max",
                "memory.max\n",
                ""
            })
    void aUnifiedKeyIsAFileOfAController(String key) {
        assertThatThrownBy(() -> OciResources.NONE.with(unified(key, "1")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("unified key");
    }

    @Test
    void unifiedKeysOfTheField() {
        for (String key :
                new String[] {
                    "memory.high",
                    "memory.min",
                    "memory.oom.group",
                    "memory.swap.max",
                    "hugetlb.2MB.rsvd.max",
                    "io.bfq.weight",
                    "cpu.max.burst",
                    "cgroup.max.descendants"
                }) {
            assertThat(OciResources.NONE.with(unified(key, "1")).unified()).containsKey(key);
        }
        assertThatThrownBy(() -> UnifiedKeys.check(Map.of("memory.high", "1\u0000")))
                .hasMessageContaining("memory.high");
        assertThatThrownBy(() -> UnifiedKeys.check(Map.of("memory.high", "1".repeat(5000))))
                .hasMessageContaining("too long");
    }

    /** A key that is taken names a file of the group's own directory, and none of the core's. */
    @Test
    void noKeyLeadsElsewhere() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] parts = {"memory", "cgroup", ".", "..", "/", "max", "procs", "-", "\n", "_", "9"};
        Path group = Path.of("/sys/fs/cgroup/pod");
        int taken = 0;
        for (int i = 0; i < 50_000; i++) {
            var key = new StringBuilder();
            for (int n = random.nextInt(6); n >= 0; n--) {
                key.append(parts[random.nextInt(parts.length)]);
            }
            try {
                UnifiedKeys.check(Map.of(key.toString(), "1"));
            } catch (Failure e) {
                continue;
            }
            taken++;
            Path file = group.resolve(key.toString()).normalize();
            assertThat(file.getParent()).as("seed %d, %s", seed, key).isEqualTo(group);
            assertThat(key.toString()).doesNotStartWith("cgroup.");
        }
        assertThat(taken).isPositive();
    }

    @Test
    void listsOfProcessorsAreWhatTheKernelReads() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            var wanted = new BitSet();
            for (int n = random.nextInt(20); n >= 0; n--) {
                wanted.set(random.nextInt(300));
            }
            String list =
                    wanted.stream().mapToObj(String::valueOf).collect(Collectors.joining(","));
            assertThat(CpuList.parse(list)).as("seed %d, %s", seed, list).isEqualTo(wanted);
            assertThat(BitSet.valueOf(CpuList.mask(list))).isEqualTo(wanted);
        }
        assertThat(CpuList.parse("0-2,7").toString()).isEqualTo("{0, 1, 2, 7}");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "2, 1",
        "102, 17",
        "1024, 100",
        "2048, 174",
        "262144, 10000",
        "999999, 10000"
    })
    void sharesBecomeWeights(long shares, long weight) {
        assertThat(CpuWeight.of(shares)).isEqualTo(weight);
    }

    @Test
    void weightsNeverFallWithMoreShares() {
        long before = 0;
        for (long shares = 0; shares <= 262_200; shares++) {
            long weight = CpuWeight.of(shares);
            assertThat(weight).isBetween(Math.max(1, before), 10_000L);
            before = weight;
        }
    }

    @Test
    void swapOfVersion2IsWhatIsBesidesMemory() {
        assertThat(room(100, 150)).hasValue(50);
        assertThat(room(100, 100)).hasValue(0);
        assertThat(room(100, -1)).hasValue(-1);
        assertThat(SwapRoom.of(OciMemory.NONE)).isEmpty();
        assertThatThrownBy(() -> room(-1, 100)).hasMessageContaining("needs a limit of memory");
    }

    private static OptionalLong room(long memory, long swap) {
        return SwapRoom.of(
                new OciMemory(
                        OptionalLong.of(memory), OptionalLong.empty(), OptionalLong.of(swap)));
    }

    /** A group of version 2 as a directory: what is written where. */
    @Test
    void everyFieldOfVersion2IsWritten(@TempDir Path root) throws Exception {
        Path group = Files.createDirectories(root.resolve("pod"));
        for (String file :
                new String[] {
                    "cpu.weight",
                    "cpu.max",
                    "cpuset.cpus",
                    "cpuset.mems",
                    "memory.max",
                    "memory.swap.max",
                    "memory.high",
                    "memory.oom.group",
                    "pids.max",
                    "hugetlb.2MB.max",
                    "hugetlb.2MB.rsvd.max",
                    "io.max"
                }) {
            Files.writeString(group.resolve(file), "");
        }
        Files.writeString(group.resolve("memory.current"), "0");
        Files.writeString(group.resolve("cpu.max"), "max 50000");
        Files.writeString(group.resolve("cgroup.controllers"), "cpu cpuset io memory hugetlb pids");
        Cgroup cgroup = new Cgroups.V2(root).group("/pod");
        cgroup.update(
                OciResources.NONE.with(
                        new Resources(
                                1024,
                                20_000,
                                0,
                                "0-1",
                                "0",
                                1000,
                                1500,
                                7,
                                OptionalInt.empty(),
                                Map.of("2MB", 4096L),
                                Map.of("memory.high", "900", "memory.oom.group", "1"))));
        assertThat(group.resolve("cpu.weight")).hasContent("100");
        assertThat(Files.readString(group.resolve("cpu.max"))).startsWith("20000 50000");
        assertThat(group.resolve("cpuset.cpus")).hasContent("0-1");
        assertThat(group.resolve("cpuset.mems")).hasContent("0");
        assertThat(group.resolve("memory.max")).hasContent("1000");
        assertThat(group.resolve("memory.swap.max")).hasContent("500");
        assertThat(group.resolve("memory.high")).hasContent("900");
        assertThat(group.resolve("memory.oom.group")).hasContent("1");
        assertThat(group.resolve("pids.max")).hasContent("7");
        assertThat(group.resolve("hugetlb.2MB.max")).hasContent("4096");
        assertThat(group.resolve("hugetlb.2MB.rsvd.max")).hasContent("4096");

        Files.writeString(group.resolve("memory.current"), "5000");
        Files.writeString(group.resolve("memory.stat"), "file 100");
        assertThatThrownBy(
                        () -> cgroup.update(OciResources.NONE.with(resources(0, 0, 0, "", 800, 0))))
                .isInstanceOfSatisfying(
                        Failure.class,
                        e -> assertThat(e.code()).isEqualTo(Failure.Code.FAILED_PRECONDITION))
                .hasMessageContaining("below the 5000 bytes that it uses");
        assertThat(group.resolve("memory.max")).hasContent("1000");
        assertThatThrownBy(() -> cgroup.update(OciResources.NONE.with(unified("rdma.max", "x"))))
                .hasMessageContaining("the rdma controller is not there");
    }
}
