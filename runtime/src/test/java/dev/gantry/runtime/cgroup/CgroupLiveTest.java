package dev.gantry.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gantry.linux.bpf.DevicePrograms;
import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import dev.gantry.model.Resources;
import dev.gantry.runtime.CgroupDetails;
import dev.gantry.runtime.CgroupStats;
import dev.gantry.runtime.ProcessCounts;
import dev.gantry.runtime.oci.OciDeviceRule;
import dev.gantry.runtime.oci.OciResources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the machine's own hierarchies, in groups of the test's own. */
@Tag("root")
class CgroupLiveTest {
    private static final long MIB = 1 << 20;
    private final String parent = "/gantry-test-" + Ids.random().substring(0, 12);
    private final Cgroups cgroups = Cgroups.detect();

    @AfterEach
    void remove() {
        cgroups.group(parent).kill();
        cgroups.group(parent).remove();
        assertThat(cgroups.group(parent).procsFiles()).noneMatch(Files::exists);
    }

    private static Resources limits(long memory, long swap, long quota, long pids) {
        return new Resources(
                512,
                quota,
                100000,
                "0",
                "",
                memory,
                swap,
                pids,
                OptionalInt.empty(),
                Map.of("2MB", 0L),
                Map.of());
    }

    /** A process in the group, which sleeps. */
    private static Process sleeper(Cgroup group) throws IOException {
        Process process = new ProcessBuilder("sleep", "1000").start();
        for (Path file : group.procsFiles()) {
            CgroupFiles.write(file, Long.toString(process.pid()));
        }
        return process;
    }

    @Test
    void limitsAreWrittenReadAndChanged() throws Exception {
        Cgroup group = cgroups.group(parent + "/pod/c");
        group.create(
                OciResources.NONE
                        .withDevices(List.of(OciDeviceRule.all(false)))
                        .with(limits(64 * MIB, 64 * MIB, 50000, 10)));
        Process process = sleeper(group);
        CgroupStats stats = group.stats().orElseThrow();
        assertThat(stats.memory().limit()).isEqualTo(OptionalLong.of(64 * MIB));
        assertThat(stats.tasks()).hasValue(1);
        assertThat(stats.memory().workingSet()).isLessThanOrEqualTo(stats.memory().usage());
        assertThat(group.pids()).containsExactly((int) process.pid());
        CgroupDetails details = group.details().orElseThrow();
        assertThat(details.taskLimit()).hasValue(10);
        assertThat(details.memory().oomKills()).hasValue(0);
        assertThat(details.cpu().userNanos()).isPresent();
        ProcessCounts counts = ProcessCounter.count(group, (int) process.pid());
        assertThat(counts.processes()).isEqualTo(1);
        assertThat(counts.descriptors()).isEqualTo(3);
        assertThat(counts.sockets()).hasValue(0);
        assertThat(counts.softOpenFiles().orElseThrow()).isPositive();

        // Up and down again: the kernel refuses the wrong order of memory and memory+swap.
        group.update(OciResources.NONE.with(limits(128 * MIB, 128 * MIB, 60000, 20)));
        assertThat(group.stats().orElseThrow().memory().limit())
                .isEqualTo(OptionalLong.of(128 * MIB));
        group.update(OciResources.NONE.with(limits(32 * MIB, 32 * MIB, 10000, 5)));
        assertThat(group.stats().orElseThrow().memory().limit())
                .isEqualTo(OptionalLong.of(32 * MIB));

        group.kill();
        assertThat(process.waitFor()).isEqualTo(137);
        assertThat(group.pids()).isEmpty();
        group.remove();
        group.remove();
        assertThat(group.stats()).isEmpty();
        group.kill();
    }

    @Test
    void groupsBelowGoWithIt() throws Exception {
        Cgroup group = cgroups.group(parent);
        group.create(OciResources.NONE);
        Cgroup below = cgroups.group(parent + "/a/b");
        below.create(OciResources.NONE);
        Process process = sleeper(below);
        assertThat(group.pids()).containsExactly((int) process.pid());
        group.kill();
        assertThat(process.waitFor()).isEqualTo(137);
        group.remove();
        assertThat(below.procsFiles()).noneMatch(Files::exists);
    }

    @Test
    void whatSomebodyFrozeEnds() throws Exception {
        Cgroup group = cgroups.group(parent);
        group.create(OciResources.NONE);
        Cgroup below = cgroups.group(parent + "/a");
        below.create(OciResources.NONE);
        Process process = sleeper(below);
        freeze(below);
        group.kill();
        assertThat(process.waitFor()).isEqualTo(137);
    }

    private static void freeze(Cgroup group) {
        for (Path file : group.procsFiles()) {
            Path freezer = file.resolveSibling("freezer.state");
            if (Files.exists(freezer)) {
                CgroupFiles.write(freezer, "FROZEN");
                return;
            }
        }
        CgroupFiles.write(group.procsFiles().getFirst().resolveSibling("cgroup.freeze"), "1");
    }

    @Test
    void aRefusedLimitIsSaidAndNothingIsLeft() {
        Cgroup group = cgroups.group(parent);
        Resources resources =
                new Resources(
                        0, 0, 0, "4095", "", 0, 0, 0, OptionalInt.empty(), Map.of(), Map.of());
        assertThatThrownBy(() -> group.create(OciResources.NONE.with(resources)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("cpuset.cpus to 4095");
        assertThat(group.procsFiles()).noneMatch(Files::exists);
    }

    /** What a shell in a group of version 2 can do with the device 10:229. */
    private static String tried(Cgroup group, Path node) throws Exception {
        String procs = group.procsFiles().getFirst().toString();
        Process shell =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "echo 0 >%s; (: <>%s) && echo open; : </dev/null && echo null; mknod %s.x c 10 229 && echo made; rm -f %s.x"
                                        .formatted(procs, node, node, node))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        shell.waitFor();
        return said;
    }

    @Test
    void version2HoldsProcessesToDeviceRules(@TempDir Path directory) throws Exception {
        Path root =
                cgroups instanceof Cgroups.V2(Path only) ? only : Path.of("/sys/fs/cgroup/unified");
        assumeTrue(Files.exists(root.resolve("cgroup.procs")), "no cgroup2 mount here");
        Path node = directory.resolve("node");
        assertThat(new ProcessBuilder("mknod", node.toString(), "c", "10", "229").start().waitFor())
                .isZero();
        Cgroup group = new Cgroups.V2(root).group(parent);
        Path at = root.resolve(parent.substring(1));
        try {
            group.create(OciResources.NONE.withDevices(List.of(OciDeviceRule.all(false))));
            assertThat(DevicePrograms.count(at)).isEqualTo(1);
            assertThat(tried(group, node))
                    .contains("null", "made", "Operation not permitted")
                    .doesNotContain("open");
            // The later rules replace the earlier ones.
            group.create(
                    OciResources.NONE.withDevices(
                            List.of(
                                    OciDeviceRule.all(false),
                                    OciDeviceRule.allow("c", 10, 229, "rw"),
                                    new OciDeviceRule(
                                            false,
                                            "c",
                                            OptionalLong.empty(),
                                            OptionalLong.empty(),
                                            "m"))));
            assertThat(DevicePrograms.count(at)).isEqualTo(1);
            assertThat(tried(group, node)).contains("open", "null").doesNotContain("made");
        } finally {
            group.kill();
            group.remove();
        }
    }

    @Test
    void version2BesideVersion1() throws Exception {
        Path root = Path.of("/sys/fs/cgroup/unified");
        assumeTrue(Files.exists(root.resolve("cgroup.procs")), "no cgroup2 mount here");
        Cgroup group = new Cgroups.V2(root).group(parent);
        group.create(OciResources.NONE);
        try {
            Process process = sleeper(group);
            assertThat(group.pids()).containsExactly((int) process.pid());
            assertThat(group.stats()).isPresent();
            group.kill();
            assertThat(process.waitFor()).isEqualTo(137);
        } finally {
            group.kill();
            group.remove();
        }
        assertThat(group.stats()).isEmpty();
    }
}
