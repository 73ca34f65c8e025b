package dev.gantry.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.CgroupDetails.DeviceIo;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.Pressure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against files as Linux 6.1 and 6.18 write them. */
class StatsV2Test {
    @TempDir Path group;

    @BeforeEach
    void write() throws IOException {
        file(
                "cpu.stat",
                """
                usage_usec 5123456
                user_usec 4000001
                system_usec 1123455
                nice_usec 0
                core_sched.force_idle_usec 0
                nr_periods 120
                nr_throttled 7
                throttled_usec 654321
                nr_bursts 0
                burst_usec 0
                """);
        file(
                "memory.stat",
                """
                anon 4096000
                file 1000000
                kernel 204800
                kernel_stack 16384
                pagetables 40960
                percpu 720
                sock 0
                shmem 8192
                file_mapped 300000
                file_dirty 0
                inactive_anon 4000000
                inactive_file 500000
                active_file 492000
                slab 100000
                pgfault 1234
                pgmajfault 5
                """);
        file("memory.current", "5300000\n");
        file("memory.max", "67108864\n");
        file("memory.peak", "6000000\n");
        file("memory.swap.current", "1048576\n");
        file("memory.swap.max", "2097152\n");
        file("memory.events", "low 0\nhigh 0\nmax 42\noom 2\noom_kill 1\noom_group_kill 0\n");
        file("pids.current", "9\n");
        file("pids.max", "max\n");
        file(
                "io.stat",
                """
                8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0
                253:1 rbytes=10 wbytes=20 rios=3 wios=4 dbytes=0 dios=0 cost.usage=7
                """);
        file(
                "cpu.pressure",
                """
                some avg10=1.53 avg60=0.87 avg300=0.20 total=2841
                full avg10=0.00 avg60=0.01 avg300=100.00 total=77
                """);
        file("memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
    }

    private void file(String name, String text) throws IOException {
        Files.writeString(group.resolve(name), text);
    }

    private CgroupStats stats() {
        return new StatsV2("/pod/c", group).stats().orElseThrow();
    }

    private CgroupDetails details() {
        return new StatsV2("/pod/c", group).details().orElseThrow();
    }

    @Test
    void everyFieldIsTheKernels() {
        CgroupStats stats = stats();
        assertThat(stats.cpu().nanos()).isEqualTo(5_123_456_000L);
        assertThat(stats.cpu().pressure())
                .contains(
                        new Pressure(
                                new Pressure.Line(2_841_000, 1.53, 0.87, 0.2),
                                Optional.of(new Pressure.Line(77_000, 0, 0.01, 100))));
        CgroupStats.Memory memory = stats.memory();
        assertThat(memory.usage()).isEqualTo(5_300_000);
        assertThat(memory.workingSet()).isEqualTo(4_800_000);
        assertThat(memory.limit()).hasValue(64 << 20);
        assertThat(memory.available()).hasValue((64 << 20) - 4_800_000);
        assertThat(memory.rss()).isEqualTo(4_096_000);
        assertThat(memory.cache()).isEqualTo(1_000_000);
        assertThat(memory.mappedFile()).isEqualTo(300_000);
        assertThat(memory.pageFaults()).isEqualTo(1234);
        assertThat(memory.majorPageFaults()).isEqualTo(5);
        assertThat(memory.pressure().orElseThrow().full()).isEmpty();
        assertThat(stats.swap().usage()).hasValue(1 << 20);
        assertThat(stats.swap().available()).hasValue(1 << 20);
        assertThat(stats.tasks()).hasValue(9);
        assertThat(stats.ioPressure()).isEmpty();
    }

    @Test
    void everyDetailIsTheKernels() {
        CgroupDetails details = details();
        assertThat(details.path()).isEqualTo("/pod/c");
        assertThat(details.cpu().userNanos()).hasValue(4_000_001_000L);
        assertThat(details.cpu().systemNanos()).hasValue(1_123_455_000L);
        assertThat(details.throttling())
                .contains(new CgroupDetails.Throttling(120, 7, 654_321_000L));
        assertThat(details.memory().kernel()).hasValue(204_800);
        assertThat(details.memory().maxUsage()).hasValue(6_000_000);
        assertThat(details.memory().limitHits()).hasValue(42);
        assertThat(details.memory().oomKills()).hasValue(1);
        assertThat(details.taskLimit()).isEmpty();
        assertThat(details.io())
                .containsExactly(
                        new DeviceIo(8, 0, 4096, 8192, 1, 2), new DeviceIo(253, 1, 10, 20, 3, 4));
        assertThat(details.hugePages()).isEmpty();
    }

    @Test
    void whatTheKernelDoesNotSayIsUnknownAndNotZero() throws IOException {
        for (String name :
                List.of("memory.swap.current", "memory.peak", "memory.events", "pids.current")) {
            Files.delete(group.resolve(name));
        }
        file("memory.max", "max\n");
        file("cpu.stat", "usage_usec 1\nuser_usec 1\nsystem_usec 0\n");
        CgroupDetails details = details();
        assertThat(details.stats().memory().limit()).isEmpty();
        assertThat(details.stats().memory().available()).isEmpty();
        assertThat(details.stats().swap().usage()).isEmpty();
        assertThat(details.stats().swap().available()).isEmpty();
        assertThat(details.stats().tasks()).isEmpty();
        assertThat(details.memory().maxUsage()).isEmpty();
        assertThat(details.memory().limitHits()).isEmpty();
        assertThat(details.memory().oomKills()).isEmpty();
        assertThat(details.throttling()).isEmpty();
    }

    @Test
    void kernelMemoryIsAddedUpWhereTheKernelDoesNot() throws IOException {
        file("memory.stat", "kernel_stack 1000\npagetables 200\npercpu 30\nslab 4\n");
        assertThat(details().memory().kernel()).hasValue(1234);
        file("memory.stat", "anon 1\n");
        assertThat(details().memory().kernel()).isEmpty();
    }

    @Test
    void aGroupThatIsGoneHasNone() {
        StatsV2 gone = new StatsV2("/x", group.resolve("gone"));
        assertThat(gone.stats()).isEmpty();
        assertThat(gone.details()).isEmpty();
    }

    @Test
    void theWorkingSetOfAGroupThatRunsIsNotZero() throws IOException {
        file("memory.current", "500000\n");
        assertThat(stats().memory().workingSet()).isEqualTo(500_000);
        file("memory.stat", "anon 4096\ninactive_file 600000\n");
        assertThat(stats().memory().workingSet()).isEqualTo(4096);
    }

    /** Seeded damage to every file: no answer may be an exception, or below zero. */
    @Test
    void damagedFilesNeverThrow() throws IOException {
        List<Path> files;
        try (var all = Files.list(group)) {
            files = all.sorted().toList();
        }
        for (long seed = 1; seed <= 400; seed++) {
            Random random = new Random(seed);
            Path victim = files.get(random.nextInt(files.size()));
            byte[] before = Files.readAllBytes(victim);
            Files.write(victim, damaged(before, random));
            Optional<CgroupDetails> details = new StatsV2("/pod/c", group).details();
            details.ifPresent(StatsV2Test::positive);
            Files.write(victim, before);
        }
    }

    private static void positive(CgroupDetails details) {
        CgroupStats stats = details.stats();
        assertThat(stats.cpu().nanos()).isNotNegative();
        assertThat(stats.memory().usage()).isNotNegative();
        assertThat(stats.memory().workingSet()).isBetween(0L, stats.memory().usage());
        assertThat(stats.swap().available().orElse(0)).isNotNegative();
        assertThat(details.memory().kernel().orElse(0)).isNotNegative();
        assertThat(details.io()).allMatch(io -> io.readBytes() >= 0 && io.writeBytes() >= 0);
    }

    private static byte[] damaged(byte[] text, Random random) {
        byte[] bytes = text.clone();
        switch (random.nextInt(4)) {
            case 0 -> {
                for (int i = 0; i < 4; i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
            }
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> {
                String longer = new String(text, StandardCharsets.US_ASCII);
                bytes =
                        longer.replaceAll("\\d+", "9".repeat(1 + random.nextInt(30)))
                                .getBytes(StandardCharsets.US_ASCII);
            }
            default -> bytes = new byte[random.nextInt(20_000)];
        }
        return bytes;
    }
}
