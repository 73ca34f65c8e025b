package dev.gantry.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciDeviceRule;
import dev.gantry.runtime.plan.CgroupLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CgroupsTest {
    private static final String V1 =
            """
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:7 - cgroup cgroup rw,cpu,cpuacct
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            """;

    private static List<MountInfo> mounts(String text) {
        return text.lines().map(MountInfo::parse).toList();
    }

    @Test
    void version1WinsOnAHybridMachine() {
        Cgroups cgroups = Cgroups.of(mounts(V1));
        assertThat(cgroups)
                .isEqualTo(
                        new Cgroups.V1(
                                Map.of(
                                        "cpu", Path.of("/sys/fs/cgroup/cpu,cpuacct"),
                                        "cpuacct", Path.of("/sys/fs/cgroup/cpu,cpuacct"),
                                        "memory", Path.of("/sys/fs/cgroup/memory"),
                                        "name=systemd", Path.of("/sys/fs/cgroup/systemd")),
                                Optional.of(Path.of("/sys/fs/cgroup/unified"))));
        assertThat(cgroups.layout())
                .isEqualTo(
                        new CgroupLayout.Legacy(
                                List.of(
                                        new CgroupLayout.Hierarchy("cpu,cpuacct", "cpu,cpuacct"),
                                        new CgroupLayout.Hierarchy("memory", "memory"),
                                        new CgroupLayout.Hierarchy("systemd", "none,name=systemd")),
                                Map.of("cpu", "cpu,cpuacct", "cpuacct", "cpu,cpuacct")));
    }

    @Test
    void version2Alone() {
        assertThat(Cgroups.of(mounts("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")))
                .isEqualTo(new Cgroups.V2(Path.of("/sys/fs/cgroup")));
    }

    @Test
    void saysWhenThereAreNone() {
        assertThatThrownBy(() -> Cgroups.of(List.of()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("mount -t cgroup2");
    }

    @Test
    void noPathLeadsOut() {
        Path mount = Path.of("/sys/fs/cgroup");
        assertThat(Cgroups.below(mount, "//kubepods/pod1"))
                .isEqualTo(Path.of("/sys/fs/cgroup/kubepods/pod1"));
        Stream.of("/..", "/a/../../etc", "", "/", "/a/..")
                .forEach(
                        path ->
                                assertThatThrownBy(() -> Cgroups.below(mount, path))
                                        .as(path)
                                        .isInstanceOf(Failure.class));
    }

    @Test
    void mountOfAPath() {
        List<MountInfo> mounts = mounts(V1);
        assertThat(MountInfo.mountOf(Path.of("/sys/fs/cgroup/memory/x"), mounts))
                .isEqualTo(Path.of("/sys/fs/cgroup/memory"));
        assertThat(MountInfo.mountOf(Path.of("/var"), mounts)).isEqualTo(Path.of("/"));
    }

    @Test
    void sharesBecomeWeights() {
        assertThat(CpuWeight.of(2)).isEqualTo(1);
        assertThat(CpuWeight.of(1024)).isEqualTo(100);
        assertThat(CpuWeight.of(262144)).isEqualTo(10000);
    }

    @Test
    void denyingAllLeavesTheDevicesThatEveryContainerHas() {
        List<DeviceRules.Line> lines =
                DeviceRules.lines(
                        List.of(OciDeviceRule.all(false), OciDeviceRule.allow("c", 10, 200, "rw")));
        assertThat(lines.getFirst()).isEqualTo(new DeviceRules.Line(false, "a"));
        assertThat(lines)
                .contains(
                        new DeviceRules.Line(true, "c *:* m"),
                        new DeviceRules.Line(true, "c 1:3 rwm"),
                        new DeviceRules.Line(true, "c 136:* rwm"));
        assertThat(lines.getLast()).isEqualTo(new DeviceRules.Line(true, "c 10:200 rw"));
        assertThat(DeviceRules.lines(List.of(OciDeviceRule.all(true))))
                .containsExactly(new DeviceRules.Line(true, "a"));
    }
}
