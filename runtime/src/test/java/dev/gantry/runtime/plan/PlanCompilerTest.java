package dev.gantry.runtime.plan;

import static dev.gantry.runtime.plan.LaunchStep.Create.DIRECTORY;
import static dev.gantry.runtime.plan.MountOptions.MS_BIND;
import static dev.gantry.runtime.plan.MountOptions.MS_NODEV;
import static dev.gantry.runtime.plan.MountOptions.MS_NOEXEC;
import static dev.gantry.runtime.plan.MountOptions.MS_NOSUID;
import static dev.gantry.runtime.plan.MountOptions.MS_PRIVATE;
import static dev.gantry.runtime.plan.MountOptions.MS_RDONLY;
import static dev.gantry.runtime.plan.MountOptions.MS_REC;
import static dev.gantry.runtime.plan.MountOptions.MS_RELATIME;
import static dev.gantry.runtime.plan.MountOptions.MS_SHARED;
import static dev.gantry.runtime.plan.MountOptions.MS_SLAVE;
import static dev.gantry.runtime.plan.MountOptions.MS_STRICTATIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.Layers;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.ImageVolume;
import dev.gantry.runtime.ProcessNamespace;
import dev.gantry.runtime.oci.Capabilities;
import dev.gantry.runtime.oci.OciCapabilities;
import dev.gantry.runtime.oci.OciHooks;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciProcess;
import dev.gantry.runtime.oci.OciRlimit;
import dev.gantry.runtime.oci.OciRoot;
import dev.gantry.runtime.oci.OciSeccomp;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.OciUser;
import dev.gantry.runtime.oci.SpecDefaults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class PlanCompilerTest {
    private static final long NSE = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    private static final long CAPS = Capabilities.mask(SpecDefaults.CAPABILITIES);
    private static final OciSpec SPEC = SpecDefaults.spec(List.of("sh", "-c", "true"));

    private static List<LaunchStep> compile(OciSpec spec) {
        return PlanCompiler.container(spec, Plans.ROOTFS, true, Plans.context(Plans.POD));
    }

    private static OciSpec process(UnaryOperator<OciProcess> change) {
        return SPEC.withProcess(change.apply(SPEC.process()));
    }

    private static List<LaunchStep> enter(int podNamespaces, int own) {
        var steps = new ArrayList<LaunchStep>();
        steps.add(new LaunchStep.JoinCgroup(List.of(Plans.PROCS)));
        if (podNamespaces != 0) {
            steps.add(new LaunchStep.JoinPodNamespaces(podNamespaces));
        }
        steps.add(new LaunchStep.Unshare(own));
        return steps;
    }

    private static List<LaunchStep> root() {
        return List.of(
                new LaunchStep.Propagation(Path.of("/"), MS_REC | MS_SLAVE),
                new LaunchStep.Overlay(Plans.ROOTFS.lowers(), "/u", "/w", Plans.TARGET, 0, ""),
                new LaunchStep.Root(Plans.TARGET, MS_PRIVATE));
    }

    private static List<LaunchStep> mounts() {
        return List.of(
                new LaunchStep.Mount("proc", "proc", "/proc", NSE, "", DIRECTORY),
                new LaunchStep.Mount(
                        "tmpfs",
                        "tmpfs",
                        "/dev",
                        MS_NOSUID | MS_STRICTATIME,
                        "mode=755,size=65536k",
                        DIRECTORY),
                new LaunchStep.PodShm("/dev/shm"),
                new LaunchStep.Mount(
                        "devpts",
                        "devpts",
                        "/dev/pts",
                        MS_NOSUID | MS_NOEXEC,
                        "newinstance,ptmxmode=0666,mode=0620,gid=5",
                        DIRECTORY),
                new LaunchStep.Mount("mqueue", "mqueue", "/dev/mqueue", NSE, "", DIRECTORY),
                new LaunchStep.Mount("sysfs", "sysfs", "/sys", NSE | MS_RDONLY, "", DIRECTORY),
                new LaunchStep.Mount(
                        "cgroup2",
                        "cgroup",
                        "/sys/fs/cgroup",
                        NSE | MS_RELATIME | MS_RDONLY,
                        "",
                        DIRECTORY));
    }

    private static List<LaunchStep> dev() {
        var steps = new ArrayList<LaunchStep>();
        SpecDefaults.DEVICES.forEach(
                d ->
                        steps.add(
                                new LaunchStep.Device(
                                        d.path(), 'c', d.major(), d.minor(), 0666, 0, 0)));
        steps.add(new LaunchStep.Symlink("/proc/self/fd", "/dev/fd"));
        steps.add(new LaunchStep.Symlink("/proc/self/fd/0", "/dev/stdin"));
        steps.add(new LaunchStep.Symlink("/proc/self/fd/1", "/dev/stdout"));
        steps.add(new LaunchStep.Symlink("/proc/self/fd/2", "/dev/stderr"));
        steps.add(new LaunchStep.Symlink("/proc/kcore", "/dev/core"));
        steps.add(new LaunchStep.Symlink("pts/ptmx", "/dev/ptmx"));
        return steps;
    }

    private static List<LaunchStep> paths() {
        var steps = new ArrayList<LaunchStep>();
        SpecDefaults.MASKED_PATHS.forEach(p -> steps.add(new LaunchStep.Mask(p)));
        SpecDefaults.READONLY_PATHS.forEach(p -> steps.add(new LaunchStep.ReadOnlyPath(p)));
        return steps;
    }

    private static LaunchStep exec() {
        return new LaunchStep.Exec(
                List.of(
                        "/usr/local/sbin/sh",
                        "/usr/local/bin/sh",
                        "/usr/sbin/sh",
                        "/usr/bin/sh",
                        "/sbin/sh",
                        "/bin/sh"),
                List.of("sh", "-c", "true"),
                List.of("PATH=" + SpecDefaults.PATH));
    }

    private static List<LaunchStep> end(long capabilities) {
        return List.of(
                new LaunchStep.Pivot(),
                new LaunchStep.WorkDir("/", true),
                new LaunchStep.Umask(0022),
                new LaunchStep.Bounding(capabilities),
                new LaunchStep.Ids(0, 0, List.of()),
                new LaunchStep.Capabilities(capabilities, capabilities, 0, 0),
                exec());
    }

    @SafeVarargs
    private static List<LaunchStep> concat(List<LaunchStep>... parts) {
        var all = new ArrayList<LaunchStep>();
        for (List<LaunchStep> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    private static List<LaunchStep> tail(OciSpec spec) {
        List<LaunchStep> plan = compile(spec);
        return plan.subList(plan.indexOf(new LaunchStep.Pivot()), plan.size());
    }

    @Test
    void defaultContainer() {
        assertThat(compile(SPEC))
                .isEqualTo(
                        concat(
                                enter(Plans.POD, Plans.OWN),
                                List.of(new LaunchStep.Fork()),
                                root(),
                                mounts(),
                                dev(),
                                paths(),
                                end(CAPS)));
    }

    @Test
    void privileged() {
        List<String> all = Capabilities.available();
        OciSpec spec =
                SpecDefaults.privileged(SPEC, all)
                        .withLinux(
                                SpecDefaults.privileged(SPEC, all)
                                        .linux()
                                        .withDevices(SpecDefaults.DEVICES));
        List<LaunchStep> mounts = new ArrayList<>(mounts());
        mounts.set(5, new LaunchStep.Mount("sysfs", "sysfs", "/sys", NSE, "", DIRECTORY));
        mounts.set(
                6,
                new LaunchStep.Mount(
                        "cgroup2", "cgroup", "/sys/fs/cgroup", NSE | MS_RELATIME, "", DIRECTORY));
        assertThat(compile(spec))
                .isEqualTo(
                        concat(
                                enter(Plans.POD, Plans.OWN),
                                List.of(new LaunchStep.Fork()),
                                root(),
                                mounts,
                                dev(),
                                end(Capabilities.mask(all))));
    }

    @Test
    void hostNamespacesAreNotEntered() {
        OciSpec spec =
                SPEC.withLinux(
                        SPEC.linux().withNamespaces(SpecDefaults.namespaces(false, false, false)));
        assertThat(PlanCompiler.container(spec, Plans.ROOTFS, true, Plans.context(0)))
                .isEqualTo(
                        concat(
                                enter(0, Clone.NEWNS | Clone.NEWCGROUP),
                                root(),
                                mounts(),
                                dev(),
                                paths(),
                                end(CAPS)));
    }

    @Test
    void hostNetworkKeepsThePodsIpc() {
        OciSpec spec =
                SPEC.withLinux(
                        SPEC.linux().withNamespaces(SpecDefaults.namespaces(false, true, true)));
        List<LaunchStep> plan =
                PlanCompiler.container(spec, Plans.ROOTFS, true, Plans.context(Clone.NEWIPC));
        assertThat(plan.subList(0, 4))
                .isEqualTo(concat(enter(Clone.NEWIPC, Plans.OWN), List.of(new LaunchStep.Fork())));
    }

    @Test
    void sharedPidNamespaceIsJoinedAndForkedInto() {
        List<LaunchStep> plan =
                PlanCompiler.container(
                        SPEC, Plans.ROOTFS, true, Plans.context(Plans.POD | Clone.NEWPID));
        assertThat(plan.subList(0, 4))
                .isEqualTo(
                        concat(
                                enter(Plans.POD | Clone.NEWPID, Clone.NEWNS | Clone.NEWCGROUP),
                                List.of(new LaunchStep.Fork())));
    }

    @Test
    void pidNamespaceOfAnotherContainer() {
        OciSpec spec =
                SPEC.withLinux(
                        SPEC.linux()
                                .withNamespaces(
                                        List.of(
                                                OciNamespace.of(OciNamespace.Type.MOUNT),
                                                new OciNamespace(
                                                        OciNamespace.Type.PID, "/proc/7/ns/pid"))));
        assertThat(compile(spec).subList(1, 4))
                .containsExactly(
                        new LaunchStep.JoinNamespace(Clone.NEWPID, Path.of("/proc/7/ns/pid")),
                        new LaunchStep.Unshare(Clone.NEWNS),
                        new LaunchStep.Fork());
    }

    @Test
    void readOnlyRootAfterTheWorkingDirectoryIsMade() {
        OciSpec spec = process(p -> p.withCwd("/work")).withRoot(new OciRoot("rootfs", true));
        assertThat(tail(spec).subList(0, 3))
                .containsExactly(
                        new LaunchStep.Pivot(),
                        new LaunchStep.WorkDir("/work", true),
                        new LaunchStep.RemountRoot(MS_RDONLY | MS_BIND));
    }

    @Test
    void userGroupsLimitsAndUmask() {
        OciSpec spec =
                process(
                        p ->
                                p.withUser(
                                                new OciUser(
                                                        1000,
                                                        100,
                                                        OptionalInt.of(0077),
                                                        List.of(5L, 6L)))
                                        .withRlimits(
                                                List.of(new OciRlimit("RLIMIT_NOFILE", -1, 64)))
                                        .withCapabilities(OciCapabilities.NONE));
        assertThat(tail(spec))
                .containsExactly(
                        new LaunchStep.Pivot(),
                        new LaunchStep.WorkDir("/", true),
                        new LaunchStep.Rlimit(7, 64, -1),
                        new LaunchStep.Umask(0077),
                        new LaunchStep.Bounding(0),
                        new LaunchStep.Ids(1000, 100, List.of(5L, 6L)),
                        new LaunchStep.Capabilities(0, 0, 0, 0),
                        exec());
    }

    @Test
    void ambientCapabilitiesAndThoseThatTheDaemonLacks() {
        OciCapabilities sets =
                OciCapabilities.of(List.of("CAP_CHOWN", "CAP_SYS_RESOURCE"))
                        .withAmbient(List.of("CAP_CHOWN"));
        PlanContext all = Plans.context(Plans.POD);
        long own = Plans.ALL_CAPABILITIES & ~Capabilities.mask(List.of("CAP_SYS_RESOURCE"));
        PlanContext fewer =
                new PlanContext(
                        all.podNamespaces(),
                        all.cgroupFiles(),
                        all.cgroups(),
                        all.target(),
                        all.targetMount(),
                        own,
                        true,
                        all.seccomp());
        assertThat(
                        PlanCompiler.container(
                                process(p -> p.withCapabilities(sets)), Plans.ROOTFS, true, fewer))
                .contains(new LaunchStep.Bounding(1), new LaunchStep.Capabilities(1, 1, 1, 1));
    }

    private static OciSpec filtered(boolean noNewPrivileges) {
        OciSpec spec = process(p -> p.withNoNewPrivileges(noNewPrivileges));
        OciSeccomp filter =
                new OciSeccomp(
                        "SCMP_ACT_ERRNO",
                        OptionalInt.empty(),
                        List.of(),
                        List.of("SECCOMP_FILTER_FLAG_LOG"),
                        List.of());
        return spec.withLinux(spec.linux().withSeccomp(Optional.of(filter)));
    }

    @Test
    void seccompBeforePrivilegesAreDropped() {
        assertThat(tail(filtered(false)))
                .containsExactly(
                        new LaunchStep.Pivot(),
                        new LaunchStep.WorkDir("/", true),
                        new LaunchStep.Umask(0022),
                        new LaunchStep.Seccomp(2, Plans.FILTER),
                        new LaunchStep.Bounding(CAPS),
                        new LaunchStep.Ids(0, 0, List.of()),
                        new LaunchStep.Capabilities(CAPS, CAPS, 0, 0),
                        exec());
    }

    @Test
    void seccompLastWithNoNewPrivileges() {
        assertThat(tail(filtered(true)))
                .containsExactly(
                        new LaunchStep.Pivot(),
                        new LaunchStep.WorkDir("/", true),
                        new LaunchStep.Umask(0022),
                        new LaunchStep.Bounding(CAPS),
                        new LaunchStep.Ids(0, 0, List.of()),
                        new LaunchStep.Capabilities(CAPS, CAPS, 0, 0),
                        new LaunchStep.NoNewPrivileges(),
                        new LaunchStep.Seccomp(2, Plans.FILTER),
                        exec());
    }

    @Test
    void terminalInTheNewRoot() {
        OciSpec spec =
                process(
                        p ->
                                p.withTerminal(true)
                                        .withUser(
                                                new OciUser(7, 7, OptionalInt.empty(), List.of())));
        assertThat(tail(spec).subList(0, 2))
                .containsExactly(new LaunchStep.Pivot(), new LaunchStep.Terminal(0, 0, 7));
    }

    @Test
    void oomScoreAndSysctlsBeforeTheMounts() {
        OciSpec spec = process(p -> p.withOomScoreAdj(OptionalInt.of(-998)));
        OciSpec all =
                spec.withLinux(
                        spec.linux()
                                .withSysctl(Map.of("net.core.somaxconn", "9", "kernel.sem", "1")));
        assertThat(compile(all).subList(0, 7))
                .containsExactly(
                        new LaunchStep.JoinCgroup(List.of(Plans.PROCS)),
                        new LaunchStep.OomScoreAdj(-998, false),
                        new LaunchStep.JoinPodNamespaces(Plans.POD),
                        new LaunchStep.Unshare(Plans.OWN),
                        new LaunchStep.Fork(),
                        new LaunchStep.Sysctl("kernel/sem", "1"),
                        new LaunchStep.Sysctl("net/core/somaxconn", "9"));
    }

    @Test
    void volumesWithPropagation() {
        List<OciMount> mounts =
                List.of(
                        OciMount.bind("/host/dir", "/a", List.of("rslave", "ro")),
                        OciMount.bind("/host/file", "/b", List.of("rw")),
                        OciMount.bind("/host/dir", "/c", List.of("rro")),
                        OciMount.bind("/host/dir", "/d", List.of("rshared")));
        List<LaunchStep> plan = compile(SPEC.withMounts(mounts));
        assertThat(plan.subList(4, 12))
                .containsExactly(
                        new LaunchStep.Propagation(Path.of("/run"), MS_PRIVATE),
                        root().get(1),
                        root().get(2),
                        new LaunchStep.PodShm("/dev/shm"),
                        new LaunchStep.Bind(
                                "/host/dir",
                                "/a",
                                MS_RDONLY,
                                true,
                                false,
                                MS_SLAVE | MS_REC,
                                DIRECTORY),
                        new LaunchStep.Bind(
                                "/host/file", "/b", 0, true, false, MS_PRIVATE | MS_REC, DIRECTORY),
                        new LaunchStep.Bind(
                                "/host/dir",
                                "/c",
                                MS_RDONLY,
                                true,
                                true,
                                MS_PRIVATE | MS_REC,
                                DIRECTORY),
                        new LaunchStep.Bind(
                                "/host/dir", "/d", 0, true, false, MS_SHARED | MS_REC, DIRECTORY));
    }

    @Test
    void controlGroupsOfVersion1() {
        List<LaunchStep> plan =
                PlanCompiler.container(
                        SPEC, Plans.ROOTFS, false, Plans.context(Plans.POD, Plans.legacy()));
        long flags = NSE | MS_RELATIME;
        int at =
                plan.indexOf(
                        new LaunchStep.Mount(
                                "tmpfs", "cgroup", "/sys/fs/cgroup", flags, "mode=755", DIRECTORY));
        assertThat(plan.subList(at + 1, at + 5))
                .containsExactly(
                        new LaunchStep.Mount(
                                "cgroup",
                                "cgroup",
                                "/sys/fs/cgroup/cpu,cpuacct",
                                flags | MS_RDONLY,
                                "cpu,cpuacct",
                                DIRECTORY),
                        new LaunchStep.Mount(
                                "cgroup",
                                "cgroup",
                                "/sys/fs/cgroup/systemd",
                                flags | MS_RDONLY,
                                "none,name=systemd",
                                DIRECTORY),
                        new LaunchStep.Symlink("cpu,cpuacct", "/sys/fs/cgroup/cpu"),
                        new LaunchStep.ReadOnlyPath("/sys/fs/cgroup"));
        assertThat(plan).doesNotContain(new LaunchStep.PodShm("/dev/shm"));
    }

    @Test
    void aBoundDevIsLeftAsItIs() {
        OciSpec spec = SPEC.withMounts(List.of(OciMount.bind("/dev", "/dev", List.of())));
        assertThat(compile(spec)).noneMatch(s -> s instanceof LaunchStep.Device);
    }

    @Test
    void commandInAContainer() {
        OciProcess process = SPEC.process().withArgs(List.of("/bin/id"));
        assertThat(PlanCompiler.exec(SPEC, process, Plans.context(Plans.POD)))
                .containsExactly(
                        new LaunchStep.JoinCgroup(List.of(Plans.PROCS)),
                        new LaunchStep.JoinContainer(Plans.POD | Plans.OWN),
                        new LaunchStep.Fork(),
                        new LaunchStep.WorkDir("/", false),
                        new LaunchStep.Umask(0022),
                        new LaunchStep.Bounding(CAPS),
                        new LaunchStep.Ids(0, 0, List.of()),
                        new LaunchStep.Capabilities(CAPS, CAPS, 0, 0),
                        new LaunchStep.Exec(
                                List.of("/bin/id"), List.of("/bin/id"), SPEC.process().env()));
    }

    @Test
    void podsOwnPlan() {
        assertThat(
                        PodPlans.setup(
                                Plans.POD | Clone.NEWPID,
                                "web-0",
                                Map.of("net.ipv4.ip_forward", "1"),
                                Path.of("/run/netns/p"),
                                64,
                                Optional.empty()))
                .containsExactly(
                        new LaunchStep.Unshare(Plans.POD | Clone.NEWPID),
                        new LaunchStep.Fork(),
                        new LaunchStep.Hostname("web-0"),
                        new LaunchStep.Loopback(),
                        new LaunchStep.Sysctl("net/ipv4/ip_forward", "1"),
                        new LaunchStep.HoldShm(64, 01777),
                        new LaunchStep.KeepNamespaces(Plans.POD | Clone.NEWPID),
                        new LaunchStep.PinNamespace(Clone.NEWNET, Path.of("/run/netns/p")),
                        new LaunchStep.PodInit());
        assertThat(PodPlans.setup(0, "x", Map.of(), Path.of("/n"), 64, Optional.empty()))
                .containsExactly(new LaunchStep.HoldShm(64, 01777));
    }

    @Test
    void refusesWhatItCannotDo() {
        assertThatThrownBy(() -> compile(process(p -> p.withArgs(List.of()))))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("no command");
        assertThatThrownBy(() -> compile(process(p -> p.withCwd("rel"))))
                .hasMessageContaining("\"rel\" is not absolute");
        assertThatThrownBy(
                        () ->
                                compile(
                                        process(
                                                p ->
                                                        p.withCapabilities(
                                                                OciCapabilities.of(
                                                                        List.of("CAP_X"))))))
                .hasMessageContaining("\"CAP_X\" is not a capability");
    }

    private static List<LaunchStep> compile(OciSpec spec, LaunchExtras extras) {
        return PlanCompiler.container(spec, Plans.ROOTFS, true, Plans.context(Plans.POD), extras);
    }

    @Test
    void labelsAreSetBeforeTheIdsAndForCommandsToo() {
        UnaryOperator<OciProcess> labelled =
                p -> p.withApparmorProfile("x").withSelinuxLabel("u:r:t:s0");
        OciSpec spec = process(labelled);
        var apparmor = new LaunchStep.Attribute("apparmor/exec", "exec x");
        var selinux = new LaunchStep.Attribute("exec", "u:r:t:s0");
        for (List<LaunchStep> plan :
                List.of(
                        compile(spec),
                        PlanCompiler.exec(spec, spec.process(), Plans.context(Plans.POD)))) {
            assertThat(plan).containsSubsequence(apparmor, selinux);
            int ids = plan.indexOf(new LaunchStep.Ids(0, 0, List.of()));
            assertThat(plan.indexOf(selinux)).isPositive().isLessThan(ids);
        }
    }

    @Test
    void aRootThatNeedNotBeDurableIsVolatileWithEveryKindOfHandler() {
        Rootfs quick =
                new Rootfs(Plans.ROOTFS.layers(), Plans.ROOTFS.upper(), Plans.ROOTFS.work(), false);
        OciSpec labelled = SPEC.withLinux(SPEC.linux().withMountLabel("u:o:t:s0"));
        assertThat(overlay(PlanCompiler.container(SPEC, quick, false, Plans.context(0))).options())
                .isEqualTo("volatile");
        assertThat(
                        overlay(PlanCompiler.container(labelled, quick, false, Plans.context(0)))
                                .options())
                .isEqualTo("volatile,context=\"u:o:t:s0\"");
        assertThat(
                        overlay(
                                        DelegatePlans.create(
                                                SPEC,
                                                quick,
                                                0,
                                                Path.of("/bundle"),
                                                Optional.empty(),
                                                Plans.context(0),
                                                LaunchExtras.NONE,
                                                new LaunchStep.Chdir(Path.of("/"))))
                                .options())
                .isEqualTo("volatile");
        assertThat(overlay(compile(SPEC)).options()).isEmpty();
    }

    private static LaunchStep.Overlay overlay(List<LaunchStep> plan) {
        return plan.stream()
                .filter(LaunchStep.Overlay.class::isInstance)
                .map(LaunchStep.Overlay.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMountLabelIsOnRootAndMemoryFileSystems() {
        OciSpec spec = SPEC.withLinux(SPEC.linux().withMountLabel("u:o:t:s0:c1,c2"));
        assertThat(compile(spec))
                .contains(
                        new LaunchStep.Overlay(
                                Plans.ROOTFS.lowers(),
                                "/u",
                                "/w",
                                Plans.TARGET,
                                0,
                                "context=\"u:o:t:s0:c1,c2\""),
                        new LaunchStep.Mount("proc", "proc", "/proc", NSE, "", DIRECTORY),
                        new LaunchStep.Mount(
                                "tmpfs",
                                "tmpfs",
                                "/dev",
                                MS_NOSUID | MS_STRICTATIME,
                                "mode=755,size=65536k,context=\"u:o:t:s0:c1,c2\"",
                                DIRECTORY));
    }

    @Test
    void aProcessNamespaceOfItsOwnOrOfAnother() {
        int all = Plans.POD | Clone.NEWPID;
        LaunchExtras own =
                new LaunchExtras(new ProcessNamespace.Own(), List.of(), Optional.empty());
        assertThat(PlanCompiler.container(SPEC, Plans.ROOTFS, true, Plans.context(all), own))
                .contains(new LaunchStep.JoinPodNamespaces(Plans.POD & ~Clone.NEWPID))
                .anyMatch(s -> s instanceof LaunchStep.Unshare(int m) && (m & Clone.NEWPID) != 0);
        LaunchExtras other =
                new LaunchExtras(new ProcessNamespace.Of("c2"), List.of(), Optional.empty());
        assertThat(compile(SPEC, other))
                .containsSubsequence(
                        new LaunchStep.JoinOther("c2", Clone.NEWPID), new LaunchStep.Fork())
                .noneMatch(s -> s instanceof LaunchStep.Unshare(int m) && (m & Clone.NEWPID) != 0);
    }

    @Test
    void theNamespaceOfLayersIsOpenedBeforeTheyAreUsed() {
        Path namespace = Path.of("/proc/7/fd/9");
        Layers layers = new Layers(List.of(Path.of("/proc/7/fd/8/fs")), Optional.of(namespace));
        var volume = new LaunchExtras.Volume(new ImageVolume(layers, ""), Path.of("/b/0"));
        var plan =
                PlanCompiler.container(
                        SPEC,
                        new Rootfs(layers, Path.of("/u"), Path.of("/w"), true),
                        true,
                        Plans.context(Plans.POD),
                        new LaunchExtras(
                                new ProcessNamespace.OfPod(), List.of(volume), Optional.empty()));
        assertThat(plan)
                .containsSubsequence(
                        new LaunchStep.LayerNamespace(namespace),
                        new LaunchStep.Overlay(
                                layers.directories(), "/u", "/w", Plans.TARGET, 0, ""),
                        new LaunchStep.LayerNamespace(namespace),
                        new LaunchStep.Overlay(
                                layers.directories(), "", "", Path.of("/b/0"), 1, ""));
        assertThat(compile(SPEC)).noneMatch(LaunchStep.LayerNamespace.class::isInstance);
    }

    @Test
    void anImageVolumeIsMountedBeforeThePivotAndShownReadOnly() {
        var mounts = new ArrayList<>(SPEC.mounts());
        mounts.add(new OciMount("/models", ImageVolume.TYPE, "0", List.of("ro", "rprivate")));
        var volume =
                new LaunchExtras.Volume(
                        new ImageVolume(Layers.of(List.of(Path.of("/l2"), Path.of("/l1"))), "a/b"),
                        Path.of("/b/0"));
        LaunchExtras extras =
                new LaunchExtras(new ProcessNamespace.OfPod(), List.of(volume), Optional.empty());
        assertThat(compile(SPEC.withMounts(mounts), extras))
                .containsSubsequence(
                        new LaunchStep.Overlay(
                                List.of(Path.of("/l2"), Path.of("/l1")),
                                "",
                                "",
                                Path.of("/b/0"),
                                1,
                                ""),
                        new LaunchStep.BindBelow(
                                Path.of("/b/0"), "a/b", "/models", 1, MS_PRIVATE, DIRECTORY),
                        new LaunchStep.Pivot());
        assertThatThrownBy(() -> compile(SPEC.withMounts(mounts)))
                .hasMessageContaining("/models has no layers");
    }

    @Test
    void hooksRunWhereOciSaysAndKnowTheState() {
        List<OciHooks.Hook> hook =
                List.of(
                        new OciHooks.Hook(
                                "/h", List.of("h", "x"), List.of("A=b"), OptionalInt.of(3)));
        OciSpec spec =
                SPEC.withHooks(
                        Optional.of(
                                new OciHooks(List.of(), hook, hook, hook, List.of(), List.of())));
        HookState state =
                new HookState("id", Path.of("/bundle"), Map.of("pid", "\"pid\":7777777777"));
        List<LaunchStep> plan =
                compile(
                        spec,
                        new LaunchExtras(
                                new ProcessNamespace.OfPod(), List.of(), Optional.of(state)));
        assertThat(plan.getFirst()).isEqualTo(new LaunchStep.HookRunner());
        assertThat(plan.getLast()).isInstanceOf(LaunchStep.Exec.class);
        List<LaunchStep> order =
                plan.stream()
                        .filter(s -> s instanceof LaunchStep.Hook || s instanceof LaunchStep.Pivot)
                        .toList();
        assertThat(order).hasSize(4);
        assertThat(order.get(0)).isInstanceOf(LaunchStep.Hook.class);
        var runtime = (LaunchStep.Hook) order.get(0);
        assertThat(runtime.here()).isFalse();
        assertThat(((LaunchStep.Hook) order.get(1)).here()).isTrue();
        assertThat(order.get(2)).isInstanceOf(LaunchStep.Pivot.class);
        assertThat(runtime.before() + "42" + runtime.after())
                .isEqualTo(
                        "{\"ociVersion\":\"1.0.2\",\"id\":\"id\",\"status\":\"creating\",\"pid\":42,"
                                + "\"bundle\":\"/bundle\",\"annotations\":{\"pid\":\"\\\"pid\\\":7777777777\"}}");
        assertThat(compile(SPEC)).noneMatch(s -> s instanceof LaunchStep.HookRunner);
    }
}
