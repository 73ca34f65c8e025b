package dev.gantry.runtime.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import dev.gantry.model.IdMappings;
import dev.gantry.runtime.oci.OciIdMapping;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.SpecDefaults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Plans of a pod with a user namespace: what is done outside of it, and with which ids. */
class UserNamespacePlanTest {
    private static final IdMappings IDS = IdMappings.of(100000, 65536);
    private static final List<OciIdMapping> RANGE = OciIdMapping.of(IDS.uids());
    private static final int POD = Plans.POD | Clone.NEWUSER;

    private static OciSpec spec(OciMount... mounts) {
        OciSpec plain = SpecDefaults.spec(List.of("sh"));
        List<OciNamespace> namespaces = new ArrayList<>(plain.linux().namespaces());
        namespaces.add(OciNamespace.of(OciNamespace.Type.USER));
        List<OciMount> all = new ArrayList<>(plain.mounts());
        all.addAll(List.of(mounts));
        return plain.withMounts(all)
                .withLinux(
                        plain.linux()
                                .withNamespaces(namespaces)
                                .withUidMappings(RANGE)
                                .withGidMappings(RANGE));
    }

    private static List<LaunchStep> compile(OciSpec spec) {
        return PlanCompiler.container(spec, Plans.ROOTFS, true, Plans.context(POD));
    }

    @Test
    void theHostsSideComesBeforeTheNamespaceIsJoined() {
        Path root = Path.of("/");
        long slave = MountOptions.MS_REC | MountOptions.MS_SLAVE;
        assertThat(compile(spec()).subList(0, 10))
                .containsExactly(
                        new LaunchStep.JoinCgroup(List.of(Plans.PROCS)),
                        new LaunchStep.GiveStdio(100000),
                        new LaunchStep.Unshare(Clone.NEWNS),
                        new LaunchStep.Propagation(root, slave),
                        new LaunchStep.Prepare(),
                        new LaunchStep.JoinPodNamespaces(POD),
                        new LaunchStep.Unshare(Plans.OWN),
                        new LaunchStep.Fork(),
                        new LaunchStep.Propagation(root, slave),
                        new LaunchStep.Overlay(
                                Plans.ROOTFS.lowers(),
                                "/u",
                                "/w",
                                Plans.TARGET,
                                0,
                                "",
                                LaunchStep.Idmap.POD));
    }

    @Test
    void devicesHaveTheHostsIds() {
        assertThat(compile(spec()))
                .contains(new LaunchStep.Device("/dev/null", 'c', 1, 3, 0666, 100000, 100000));
    }

    @Test
    void mountsMapIdsWhereTheyAskForIt() {
        OciMount plain = OciMount.bind("/v", "/plain", List.of());
        OciMount deep =
                new OciMount("/deep", "bind", "/v", List.of("rbind", "ridmap"), RANGE, RANGE);
        assertThat(
                        compile(
                                        spec(
                                                plain,
                                                OciMount.bind("/v", "/mapped", List.of())
                                                        .withIds(IDS),
                                                deep))
                                .stream()
                                .filter(LaunchStep.Bind.class::isInstance)
                                .map(LaunchStep.Bind.class::cast))
                .extracting(LaunchStep.Bind::destination, LaunchStep.Bind::idmap)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("/plain", LaunchStep.Idmap.NONE),
                        org.assertj.core.groups.Tuple.tuple("/mapped", LaunchStep.Idmap.POD),
                        org.assertj.core.groups.Tuple.tuple(
                                "/deep", LaunchStep.Idmap.POD_RECURSIVE));
        assertThatThrownBy(
                        () ->
                                compile(
                                        spec(
                                                OciMount.bind("/v", "/other", List.of())
                                                        .withIds(IdMappings.of(7, 65536)))))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("/other maps other ids");
    }

    @Test
    void commandsInItGetTheirPipes() {
        OciSpec spec = spec();
        assertThat(PlanCompiler.exec(spec, spec.process(), Plans.context(POD)))
                .containsSubsequence(
                        new LaunchStep.GiveStdio(100000),
                        new LaunchStep.JoinContainer(Plans.OWN | POD),
                        new LaunchStep.Fork());
    }

    @Test
    void aPodWithoutOneHasNoneToJoin() {
        assertThatThrownBy(
                        () ->
                                PlanCompiler.container(
                                        spec(), Plans.ROOTFS, true, Plans.context(Plans.POD)))
                .hasMessageContaining("which has none");
    }

    @Test
    void podsOwnPlan() {
        assertThat(
                        PodPlans.setup(
                                POD | Clone.NEWPID,
                                "web-0",
                                Map.of("net.ipv4.ip_forward", "1"),
                                Path.of("/run/netns/p"),
                                64,
                                Optional.of(IDS)))
                .containsExactly(
                        new LaunchStep.Unshare(Clone.NEWUSER),
                        new LaunchStep.MapIds(RANGE, RANGE),
                        new LaunchStep.HoldShm(64, 01777),
                        new LaunchStep.Unshare(Plans.POD | Clone.NEWPID),
                        new LaunchStep.Fork(),
                        new LaunchStep.Hostname("web-0"),
                        new LaunchStep.Loopback(),
                        new LaunchStep.Sysctl("net/ipv4/ip_forward", "1"),
                        new LaunchStep.KeepNamespaces(POD | Clone.NEWPID),
                        new LaunchStep.PinNamespace(Clone.NEWNET, Path.of("/run/netns/p")),
                        new LaunchStep.PodInit());
    }
}
