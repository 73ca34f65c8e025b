package dev.gantry.runtime.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a container is when nobody says anything: the mounts, devices, capabilities, masked paths
 * and namespaces that docker, containerd and CRI-O agree on. A caller overlays its wishes.
 */
public final class SpecDefaults {
    /** The capabilities of an unprivileged container. */
    public static final List<String> CAPABILITIES =
            List.of(
                    "CAP_CHOWN",
                    "CAP_DAC_OVERRIDE",
                    "CAP_FSETID",
                    "CAP_FOWNER",
                    "CAP_MKNOD",
                    "CAP_NET_RAW",
                    "CAP_SETGID",
                    "CAP_SETUID",
                    "CAP_SETFCAP",
                    "CAP_SETPCAP",
                    "CAP_NET_BIND_SERVICE",
                    "CAP_SYS_CHROOT",
                    "CAP_KILL",
                    "CAP_AUDIT_WRITE");

    /** Paths of /proc and /sys that an unprivileged container does not see. */
    public static final List<String> MASKED_PATHS =
            List.of(
                    "/proc/acpi",
                    "/proc/asound",
                    "/proc/interrupts",
                    "/proc/kcore",
                    "/proc/keys",
                    "/proc/latency_stats",
                    "/proc/sched_debug",
                    "/proc/scsi",
                    "/proc/timer_list",
                    "/proc/timer_stats",
                    "/sys/devices/virtual/powercap",
                    "/sys/firmware");

    /** Paths of /proc that an unprivileged container cannot write. */
    public static final List<String> READONLY_PATHS =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    /** The device nodes that every container has (OCI config, default devices). */
    public static final List<OciDevice> DEVICES =
            List.of(
                    OciDevice.character("/dev/null", 1, 3),
                    OciDevice.character("/dev/zero", 1, 5),
                    OciDevice.character("/dev/full", 1, 7),
                    OciDevice.character("/dev/random", 1, 8),
                    OciDevice.character("/dev/urandom", 1, 9),
                    OciDevice.character("/dev/tty", 5, 0));

    /** The mounts of an unprivileged container; /dev/shm is the pod's and comes by itself. */
    public static final List<OciMount> MOUNTS =
            List.of(
                    mount("/proc", "proc", "nosuid", "noexec", "nodev"),
                    mount("/dev", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
                    mount(
                            "/dev/pts",
                            "devpts",
                            "nosuid",
                            "noexec",
                            "newinstance",
                            "ptmxmode=0666",
                            "mode=0620",
                            "gid=5"),
                    mount("/dev/mqueue", "mqueue", "nosuid", "noexec", "nodev"),
                    mount("/sys", "sysfs", "nosuid", "noexec", "nodev", "ro"),
                    mount(
                            "/sys/fs/cgroup",
                            "cgroup",
                            "nosuid",
                            "noexec",
                            "nodev",
                            "relatime",
                            "ro"));

    /** What PATH is when neither image nor pod says it. */
    public static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private SpecDefaults() {}

    /**
     * A container with the default mounts, devices, capabilities and paths that runs {@code args}
     * as root in {@code /}; without a seccomp filter (see {@code SeccompProfiles}), with the pod's
     * network, ipc and uts namespaces and its own pid, mount and cgroup namespaces.
     */
    public static OciSpec spec(List<String> args) {
        OciProcess process =
                new OciProcess(
                        false,
                        OciUser.ROOT,
                        args,
                        List.of("PATH=" + PATH),
                        "/",
                        OciCapabilities.of(CAPABILITIES),
                        List.of(),
                        false,
                        OptionalInt.empty(),
                        "",
                        "");
        return new OciSpec(
                OciSpec.VERSION,
                process,
                new OciRoot("rootfs", false),
                "",
                MOUNTS,
                Optional.empty(),
                Map.of(),
                linux());
    }

    private static OciLinux linux() {
        return new OciLinux(
                List.of(),
                List.of(),
                DEVICES,
                "",
                OciResources.NONE.withDevices(List.of(OciDeviceRule.all(false))),
                namespaces(true, true, true),
                MASKED_PATHS,
                READONLY_PATHS,
                "",
                Optional.empty(),
                Map.of(),
                "",
                Optional.empty());
    }

    /**
     * The namespaces of a container: those whose flag is false are the host's. A pod that shares
     * its pid namespace lists it as well.
     */
    public static List<OciNamespace> namespaces(boolean network, boolean pid, boolean ipc) {
        var list = new ArrayList<OciNamespace>();
        list.add(OciNamespace.of(OciNamespace.Type.MOUNT));
        list.add(OciNamespace.of(OciNamespace.Type.CGROUP));
        if (pid) {
            list.add(OciNamespace.of(OciNamespace.Type.PID));
        }
        if (ipc) {
            list.add(OciNamespace.of(OciNamespace.Type.IPC));
        }
        if (network) {
            list.add(OciNamespace.of(OciNamespace.Type.NETWORK));
            // A pod on the host's network has the host's name too.
            list.add(OciNamespace.of(OciNamespace.Type.UTS));
        }
        return List.copyOf(list);
    }

    /**
     * The same container privileged: every capability that {@code all} names, all devices of the
     * host, nothing masked or read-only, no seccomp filter.
     */
    public static OciSpec privileged(OciSpec spec, List<String> all) {
        List<OciMount> mounts =
                spec.mounts().stream().map(m -> m.isBind() ? m : writable(m)).toList();
        OciLinux linux =
                spec.linux()
                        .withMaskedPaths(List.of())
                        .withReadonlyPaths(List.of())
                        .withSeccomp(Optional.empty())
                        .withDevices(HostDevices.merge(spec.linux().devices()))
                        .withResources(
                                spec.linux()
                                        .resources()
                                        .withDevices(List.of(OciDeviceRule.all(true))));
        return spec.withMounts(mounts)
                .withLinux(linux)
                .withProcess(spec.process().withCapabilities(OciCapabilities.of(all)));
    }

    private static OciMount writable(OciMount mount) {
        if (!mount.type().equals("sysfs") && !mount.type().equals("cgroup")) {
            return mount;
        }
        List<String> options = mount.options().stream().filter(o -> !o.equals("ro")).toList();
        return new OciMount(mount.destination(), mount.type(), mount.source(), options);
    }

    private static OciMount mount(String destination, String type, String... options) {
        return new OciMount(destination, type, type, List.of(options));
    }
}
