package dev.gantry.engine.cdi;

import dev.gantry.engine.cdi.CdiSpec.DeviceNode;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.HostDevices;
import dev.gantry.runtime.oci.OciDevice;
import dev.gantry.runtime.oci.OciDeviceRule;
import dev.gantry.runtime.oci.OciHooks;
import dev.gantry.runtime.oci.OciIntelRdt;
import dev.gantry.runtime.oci.OciMount;
import dev.gantry.runtime.oci.OciResources;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.oci.OciUser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The changes that CDI devices make to a container's specification. */
public final class CdiEdits {
    public static final CdiEdits NONE = new CdiEdits(List.of());

    private final List<CdiSpec.Edits> edits;

    CdiEdits(List<CdiSpec.Edits> edits) {
        this.edits = List.copyOf(edits);
    }

    /**
     * The specification with the devices. FAILED_PRECONDITION or NOT_FOUND when the host lacks one
     * of their nodes, UNIMPLEMENTED for network devices.
     */
    public OciSpec apply(OciSpec spec) {
        OciSpec changed = spec;
        for (CdiSpec.Edits each : edits) {
            if (!each.netDevices().isEmpty()) {
                throw new Failure(
                        Failure.Code.UNIMPLEMENTED,
                        "a CDI device moves a network interface (netDevices), which gantry cannot"
                                + " do");
            }
            changed = process(changed, each);
            changed = devices(changed, each.deviceNodes());
            changed = changed.withMounts(mounts(changed.mounts(), each.mounts()));
            changed = hooks(changed, each.hooks());
            Optional<OciIntelRdt> rdt = each.intelRdt().map(CdiEdits::rdt);
            if (rdt.isPresent()) {
                changed = changed.withLinux(changed.linux().withIntelRdt(rdt));
            }
        }
        return changed;
    }

    private static OciSpec process(OciSpec spec, CdiSpec.Edits edits) {
        Map<String, String> env = new LinkedHashMap<>();
        spec.process().env().forEach(entry -> put(env, entry));
        edits.env().forEach(entry -> put(env, entry));
        OciUser user = spec.process().user();
        Set<Long> groups = new LinkedHashSet<>(user.additionalGids());
        edits.additionalGids().stream().filter(gid -> gid != 0).forEach(groups::add);
        return spec.withProcess(
                spec.process()
                        .withEnv(List.copyOf(env.values()))
                        .withUser(
                                new OciUser(
                                        user.uid(),
                                        user.gid(),
                                        user.umask(),
                                        List.copyOf(groups))));
    }

    private static void put(Map<String, String> env, String entry) {
        int equals = entry.indexOf('=');
        env.put(equals < 0 ? entry : entry.substring(0, equals), entry);
    }

    private static OciSpec devices(OciSpec spec, List<DeviceNode> nodes) {
        if (nodes.isEmpty()) {
            return spec;
        }
        OciResources resources = spec.linux().resources();
        Map<String, OciDevice> devices = new LinkedHashMap<>();
        spec.linux().devices().forEach(d -> devices.put(d.path(), d));
        List<OciDeviceRule> rules = new ArrayList<>(resources.devices());
        for (DeviceNode node : nodes) {
            OciDevice device = device(node, spec.process().user());
            devices.remove(device.path());
            devices.put(device.path(), device);
            if (!device.type().equals("p")) {
                String access = node.permissions().isEmpty() ? "rwm" : node.permissions();
                rules.add(
                        OciDeviceRule.allow(device.type(), device.major(), device.minor(), access));
            }
        }
        return spec.withLinux(
                spec.linux()
                        .withDevices(List.copyOf(devices.values()))
                        .withResources(resources.withDevices(rules)));
    }

    private static OciDevice device(DeviceNode node, OciUser user) {
        OptionalLong uid = node.uid().isPresent() || user.uid() == 0 ? node.uid() : of(user.uid());
        OptionalLong gid = node.gid().isPresent() || user.gid() == 0 ? node.gid() : of(user.gid());
        boolean known = node.type().equals("p") || (!node.type().isEmpty() && numbered(node));
        if (known) {
            String type = node.type().equals("u") ? "c" : node.type();
            return new OciDevice(
                    node.path(),
                    type,
                    node.major().orElse(0),
                    node.minor().orElse(0),
                    node.fileMode(),
                    uid,
                    gid);
        }
        String host = node.hostPath().isEmpty() ? node.path() : node.hostPath();
        OciDevice found = HostDevices.at(Path.of(host), node.path());
        return new OciDevice(
                node.path(),
                found.type(),
                found.major(),
                found.minor(),
                node.fileMode().isPresent() ? node.fileMode() : found.fileMode(),
                uid.isPresent() ? uid : found.uid(),
                gid.isPresent() ? gid : found.gid());
    }

    private static OptionalLong of(long id) {
        return OptionalLong.of(id);
    }

    private static boolean numbered(DeviceNode node) {
        return node.major().orElse(0) != 0 || node.minor().orElse(0) != 0;
    }

    private static List<OciMount> mounts(List<OciMount> present, List<CdiSpec.Mount> asked) {
        Map<String, OciMount> all = new LinkedHashMap<>();
        present.forEach(m -> all.put(m.destination(), m));
        for (CdiSpec.Mount mount : asked) {
            all.remove(mount.containerPath());
            all.put(mount.containerPath(), mount(mount));
        }
        return List.copyOf(all.values());
    }

    private static OciMount mount(CdiSpec.Mount mount) {
        boolean binds =
                mount.options().contains("bind")
                        || mount.options().contains("rbind")
                        || mount.type().equals("bind");
        if (binds || mount.type().isEmpty()) {
            List<String> options = new ArrayList<>(mount.options());
            if (!options.contains("bind") && !options.contains("rbind")) {
                options.add("rbind");
            }
            return new OciMount(mount.containerPath(), "bind", mount.hostPath(), options);
        }
        return new OciMount(mount.containerPath(), mount.type(), mount.hostPath(), mount.options());
    }

    private static OciSpec hooks(OciSpec spec, List<CdiSpec.Hook> asked) {
        if (asked.isEmpty()) {
            return spec;
        }
        OciHooks now = spec.hooks().orElse(OciHooks.NONE);
        return spec.withHooks(
                Optional.of(
                        new OciHooks(
                                with(now.prestart(), asked, "prestart"),
                                with(now.createRuntime(), asked, "createRuntime"),
                                with(now.createContainer(), asked, "createContainer"),
                                with(now.startContainer(), asked, "startContainer"),
                                with(now.poststart(), asked, "poststart"),
                                with(now.poststop(), asked, "poststop"))));
    }

    private static List<OciHooks.Hook> with(
            List<OciHooks.Hook> present, List<CdiSpec.Hook> asked, String name) {
        List<OciHooks.Hook> all = new ArrayList<>(present);
        asked.stream()
                .filter(h -> h.hookName().equals(name))
                .map(h -> new OciHooks.Hook(h.path(), h.args(), h.env(), h.timeout()))
                .forEach(all::add);
        return all;
    }

    private static OciIntelRdt rdt(CdiSpec.IntelRdt asked) {
        if (!asked.schemata().isEmpty() || asked.enableMonitoring()) {
            throw new Failure(
                    Failure.Code.UNIMPLEMENTED,
                    "a CDI device asks for intelRdt.schemata or enableMonitoring, which no OCI"
                            + " runtime of this version's interface knows");
        }
        return new OciIntelRdt(
                asked.closID(),
                asked.l3CacheSchema(),
                asked.memBwSchema(),
                asked.enableCMT(),
                asked.enableMBM());
    }
}
