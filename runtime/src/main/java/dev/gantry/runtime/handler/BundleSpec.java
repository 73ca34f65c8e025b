package dev.gantry.runtime.handler;

import dev.gantry.runtime.ImageVolume;
import dev.gantry.runtime.oci.Capabilities;
import dev.gantry.runtime.oci.OciCapabilities;
import dev.gantry.runtime.oci.OciDevice;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciNamespace;
import dev.gantry.runtime.oci.OciRoot;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.SpecDefaults;
import dev.gantry.runtime.plan.Clone;
import dev.gantry.runtime.plan.DelegatePlans;
import dev.gantry.runtime.plan.LaunchExtras;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The specification as an OCI runtime gets it: it is started inside the pod's network, ipc and uts
 * namespaces, so those are not listed and the container inherits them; old runtimes die on
 * capabilities and oom scores that they cannot set, so those are restricted beforehand.
 */
final class BundleSpec {
    private static final int INHERITED = Clone.NEWNET | Clone.NEWIPC | Clone.NEWUTS;

    /** By which runc finds a file with options for CRIU; none but ours, whatever a pod says. */
    private static final String CRIU_OPTIONS = "org.criu.config";

    private BundleSpec() {}

    /** The file with options for CRIU: the container's control group is made by its runtime. */
    static Path criuOptions(Path bundle) {
        return bundle.resolve("criu.conf");
    }

    /** Those of the specification, with where that file is. */
    static Map<String, String> annotations(OciSpec spec, Path bundle) {
        var all = new HashMap<>(spec.annotations());
        all.put(CRIU_OPTIONS, criuOptions(bundle).toString());
        return all;
    }

    /**
     * The specification for a bundle.
     *
     * @param rootfs where the root is mounted
     * @param shm where the pod's shared memory is mounted; empty: not wanted
     * @param joined the paths of namespaces that the container is to join
     */
    static OciSpec of(
            OciSpec spec,
            String cgroup,
            Path rootfs,
            Optional<Path> shm,
            Map<OciNamespace.Type, Path> joined,
            PodRecord pod,
            HostFacts facts) {
        return spec.withOciVersion(OciSpec.VERSION)
                .withHostname("")
                .withRoot(new OciRoot(rootfs.toString(), spec.root().readonly()))
                .withMounts(mounts(spec.mounts(), shm))
                .withLinux(
                        spec.linux()
                                .withCgroupsPath(cgroup)
                                .withSysctl(Map.of())
                                .withDevices(special(spec.linux().devices()))
                                .withNamespaces(namespaces(spec, pod.namespaces(), joined)))
                .withProcess(
                        spec.process()
                                .withCapabilities(restrict(spec.process().capabilities(), facts))
                                .withOomScoreAdj(clamp(spec.process().oomScoreAdj(), facts)));
    }

    /** Image volumes as binds of where the shim has mounted them. */
    static List<OciMount> volumes(List<OciMount> mounts, LaunchExtras extras) {
        return mounts.stream()
                .map(
                        m ->
                                m.type().equals(ImageVolume.TYPE)
                                        ? OciMount.bind(
                                                DelegatePlans.shown(extras.volume(m)).toString(),
                                                m.destination(),
                                                m.options())
                                        : m)
                .toList();
    }

    /** The bits of namespaces that the runtime is started in. */
    static int inherited(OciSpec spec, int podNamespaces) {
        return spec.linux().namespaces().stream()
                .filter(n -> n.path().isEmpty())
                .mapToInt(n -> Clone.bit(n.type()) & podNamespaces & INHERITED)
                .reduce(0, (a, b) -> a | b);
    }

    private static List<OciNamespace> namespaces(
            OciSpec spec, int podNamespaces, Map<OciNamespace.Type, Path> joined) {
        int left = inherited(spec, podNamespaces);
        return spec.linux().namespaces().stream()
                .filter(n -> (Clone.bit(n.type()) & left) == 0 || !n.path().isEmpty())
                .map(n -> n.path().isEmpty() ? joined(n.type(), joined.get(n.type())) : n)
                .toList();
    }

    private static OciNamespace joined(OciNamespace.Type type, @Nullable Path path) {
        return path == null ? OciNamespace.of(type) : new OciNamespace(type, path.toString());
    }

    /**
     * The devices beyond the default ones: runc makes those itself, and allows their use in the
     * control group only as long as they are not listed.
     */
    private static List<OciDevice> special(List<OciDevice> devices) {
        return devices.stream().filter(d -> !SpecDefaults.DEVICES.contains(d)).toList();
    }

    private static List<OciMount> mounts(List<OciMount> mounts, Optional<Path> shm) {
        if (shm.isEmpty()) {
            return mounts;
        }
        OciMount bind = OciMount.bind(shm.get().toString(), "/dev/shm", List.of("rw"));
        var all = new ArrayList<OciMount>();
        for (OciMount mount : mounts) {
            all.add(mount);
            if (mount.destination().equals("/dev")) {
                all.add(bind);
            }
        }
        return all.contains(bind) ? all : List.copyOf(prepend(bind, mounts));
    }

    private static List<OciMount> prepend(OciMount first, List<OciMount> rest) {
        var all = new ArrayList<OciMount>();
        all.add(first);
        all.addAll(rest);
        return all;
    }

    private static OciCapabilities restrict(OciCapabilities sets, HostFacts facts) {
        return new OciCapabilities(
                restrict(sets.bounding(), facts),
                restrict(sets.effective(), facts),
                restrict(sets.inheritable(), facts),
                restrict(sets.permitted(), facts),
                restrict(sets.ambient(), facts));
    }

    private static List<String> restrict(List<String> names, HostFacts facts) {
        return names.stream()
                .filter(n -> (Capabilities.mask(List.of(n)) & facts.capabilities()) != 0)
                .toList();
    }

    private static OptionalInt clamp(OptionalInt wanted, HostFacts facts) {
        return wanted.isPresent()
                ? OptionalInt.of(facts.clampOom(wanted.getAsInt()))
                : OptionalInt.empty();
    }
}
