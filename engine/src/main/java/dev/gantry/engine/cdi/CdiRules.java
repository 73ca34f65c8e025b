package dev.gantry.engine.cdi;

import dev.gantry.engine.cdi.CdiSpec.Device;
import dev.gantry.engine.cdi.CdiSpec.DeviceNode;
import dev.gantry.engine.cdi.CdiSpec.Edits;
import dev.gantry.engine.cdi.CdiSpec.Hook;
import dev.gantry.engine.cdi.CdiSpec.Mount;
import dev.gantry.model.Failure;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What CDI asks of a specification beyond its form. */
final class CdiRules {
    private static final Set<String> VERSIONS =
            Set.of(
                    "0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0",
                    "1.1.0");

    private static final Pattern VENDOR = Pattern.compile("[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?");
    private static final Pattern CLASS = Pattern.compile("[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?");
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?");

    private static final Set<String> TYPES = Set.of("", "b", "c", "u", "p");
    private static final Pattern ACCESS = Pattern.compile("[rwm]{0,3}");
    private static final List<String> HOOKS =
            List.of(
                    "prestart",
                    "createRuntime",
                    "createContainer",
                    "startContainer",
                    "poststart",
                    "poststop");

    private CdiRules() {}

    static void check(CdiSpec spec) {
        must(
                VERSIONS.contains(spec.cdiVersion()),
                "cdiVersion \"%s\" is not one of %s",
                spec.cdiVersion(),
                VERSIONS.stream().sorted().toList());
        must(isKind(spec.kind()), "kind \"%s\" is not vendor/class", spec.kind());
        must(!spec.devices().isEmpty(), "it has no devices");
        edits("containerEdits", spec.containerEdits());
        Set<String> names = new HashSet<>();
        for (Device device : spec.devices()) {
            must(isName(device.name()), "device name \"%s\" is not valid", device.name());
            must(names.add(device.name()), "device %s is there twice", device.name());
            must(
                    !device.containerEdits().equals(Edits.NONE),
                    "device %s has no containerEdits",
                    device.name());
            edits("device " + device.name(), device.containerEdits());
        }
    }

    static boolean isKind(String kind) {
        int slash = kind.indexOf('/');
        return slash > 0
                && VENDOR.matcher(kind.substring(0, slash)).matches()
                && CLASS.matcher(kind.substring(slash + 1)).matches();
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private static void edits(String where, Edits edits) {
        for (String entry : edits.env()) {
            must(entry.indexOf('=') > 0, "%s: env \"%s\" is not NAME=VALUE", where, entry);
        }
        edits.deviceNodes().forEach(node -> node(where, node));
        for (CdiSpec.NetDevice device : edits.netDevices()) {
            must(
                    !device.hostInterfaceName().isEmpty() && !device.name().isEmpty(),
                    "%s: a net device needs hostInterfaceName and name",
                    where);
        }
        edits.hooks().forEach(hook -> hook(where, hook));
        edits.mounts().forEach(mount -> mount(where, mount));
        for (Long gid : edits.additionalGids()) {
            must(gid >= 0 && gid < 0xffff_ffffL, "%s: gid %s is not one", where, gid);
        }
        edits.intelRdt()
                .ifPresent(
                        rdt -> {
                            String id = rdt.closID();
                            must(
                                    !id.equals(".")
                                            && !id.equals("..")
                                            && id.indexOf('/') < 0
                                            && id.indexOf('\n') < 0
                                            && id.length() < 4096,
                                    "%s: closID \"%s\" is not a name",
                                    where,
                                    id);
                        });
    }

    private static void node(String where, DeviceNode node) {
        must(
                node.path().startsWith("/"),
                "%s: device path \"%s\" is not absolute",
                where,
                node.path());
        must(
                node.hostPath().isEmpty() || node.hostPath().startsWith("/"),
                "%s: hostPath \"%s\" is not absolute",
                where,
                node.hostPath());
        must(
                TYPES.contains(node.type()),
                "%s: device %s has type \"%s\", which is none of b, c, u, p",
                where,
                node.path(),
                node.type());
        must(
                ACCESS.matcher(node.permissions()).matches(),
                "%s: device %s has permissions \"%s\", which are not made of r, w and m",
                where,
                node.path(),
                node.permissions());
    }

    private static void hook(String where, Hook hook) {
        must(
                HOOKS.contains(hook.hookName()),
                "%s: hookName \"%s\" is none of %s",
                where,
                hook.hookName(),
                HOOKS);
        must(
                hook.path().startsWith("/"),
                "%s: hook path \"%s\" is not absolute",
                where,
                hook.path());
        for (String entry : hook.env()) {
            must(entry.indexOf('=') > 0, "%s: env \"%s\" is not NAME=VALUE", where, entry);
        }
        must(
                hook.timeout().orElse(1) > 0,
                "%s: the timeout of hook %s is not positive",
                where,
                hook.path());
    }

    private static void mount(String where, Mount mount) {
        must(!mount.hostPath().isEmpty(), "%s: a mount has no hostPath", where);
        must(
                mount.containerPath().startsWith("/"),
                "%s: containerPath \"%s\" is not absolute",
                where,
                mount.containerPath());
    }

    @SuppressWarnings("AnnotateFormatMethod") // its library is no dependency of this room
    private static void must(boolean holds, String format, Object... arguments) {
        if (!holds) {
            throw Failure.invalid(format.formatted(arguments));
        }
    }
}
