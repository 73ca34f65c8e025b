package dev.gantry.engine.cdi;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A CDI specification: the devices of one kind ({@code vendor.com/class}). */
record CdiSpec(
        String cdiVersion,
        String kind,
        Map<String, String> annotations,
        List<Device> devices,
        Edits containerEdits) {
    CdiSpec {
        annotations = Map.copyOf(annotations);
        devices = List.copyOf(devices);
        containerEdits = Objects.requireNonNullElse(containerEdits, Edits.NONE);
    }

    /** A device and what a container with it gets. */
    record Device(String name, Map<String, String> annotations, Edits containerEdits) {
        Device {
            annotations = Map.copyOf(annotations);
            containerEdits = Objects.requireNonNullElse(containerEdits, Edits.NONE);
        }
    }

    /** What changes in a container. */
    record Edits(
            List<String> env,
            List<DeviceNode> deviceNodes,
            List<NetDevice> netDevices,
            List<Hook> hooks,
            List<Mount> mounts,
            Optional<IntelRdt> intelRdt,
            List<Long> additionalGids) {
        static final Edits NONE =
                new Edits(
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        List.of());

        Edits {
            env = List.copyOf(env);
            deviceNodes = List.copyOf(deviceNodes);
            netDevices = List.copyOf(netDevices);
            hooks = List.copyOf(hooks);
            mounts = List.copyOf(mounts);
            additionalGids = List.copyOf(additionalGids);
        }
    }

    /**
     * A node in the container; what is not given is looked up at {@code hostPath}, else at the
     * path.
     */
    record DeviceNode(
            String path,
            String hostPath,
            String type,
            OptionalLong major,
            OptionalLong minor,
            OptionalInt fileMode,
            String permissions,
            OptionalLong uid,
            OptionalLong gid) {}

    record NetDevice(String hostInterfaceName, String name) {}

    record Hook(
            String hookName,
            String path,
            List<String> args,
            List<String> env,
            OptionalInt timeout) {
        Hook {
            args = List.copyOf(args);
            env = List.copyOf(env);
        }
    }

    record Mount(String hostPath, String containerPath, String type, List<String> options) {
        Mount {
            options = List.copyOf(options);
        }
    }

    record IntelRdt(
            String closID,
            String l3CacheSchema,
            String memBwSchema,
            List<String> schemata,
            boolean enableCMT,
            boolean enableMBM,
            boolean enableMonitoring) {
        IntelRdt {
            schemata = List.copyOf(schemata);
        }
    }
}
