package dev.gantry.runtime.plan;

import dev.gantry.model.Rootfs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A pod and a machine that plans are compiled for in tests. */
final class Plans {
    static final int POD = Clone.NEWNET | Clone.NEWIPC | Clone.NEWUTS;
    static final int OWN = Clone.NEWNS | Clone.NEWCGROUP | Clone.NEWPID;
    static final Path PROCS = Path.of("/sys/fs/cgroup/pod/c/cgroup.procs");
    static final Path TARGET = Path.of("/run/gantry/pods/p/rootfs");
    static final Rootfs ROOTFS =
            new Rootfs(List.of(Path.of("/l/2"), Path.of("/l/1")), Path.of("/u"), Path.of("/w"));
    static final long ALL_CAPABILITIES = (1L << 41) - 1;
    static final byte[] FILTER = "filter".getBytes(StandardCharsets.US_ASCII);

    private Plans() {}

    static PlanContext context(int podNamespaces) {
        return context(podNamespaces, new CgroupLayout.Unified());
    }

    static PlanContext context(int podNamespaces, CgroupLayout layout) {
        return new PlanContext(
                podNamespaces,
                List.of(PROCS),
                layout,
                TARGET,
                () -> Path.of("/run"),
                ALL_CAPABILITIES,
                false,
                _ -> FILTER);
    }

    static CgroupLayout legacy() {
        return new CgroupLayout.Legacy(
                List.of(
                        new CgroupLayout.Hierarchy("cpu,cpuacct", "cpu,cpuacct"),
                        new CgroupLayout.Hierarchy("systemd", "none,name=systemd")),
                Map.of("cpu", "cpu,cpuacct"));
    }
}
