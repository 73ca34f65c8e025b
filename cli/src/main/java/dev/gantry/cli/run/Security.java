package dev.gantry.cli.run;

import dev.gantry.cli.args.Arguments;
import dev.gantry.cli.json.JsonReader;
import dev.gantry.proto.cri.v1.Capability;
import dev.gantry.proto.cri.v1.LinuxContainerSecurityContext;
import dev.gantry.proto.cri.v1.SELinuxOption;
import dev.gantry.proto.cri.v1.SecurityProfile;
import dev.gantry.proto.cri.v1.SecurityProfile.ProfileType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code --privileged}, {@code --cap-add}, {@code --cap-drop}, {@code --security-opt} and {@code
 * --read-only}.
 */
final class Security {
    static final String OPTION = "--security-opt";

    /** What docker hides; see its profile of the specification's Linux defaults. */
    static final List<String> MASKED =
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

    static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private Security() {}

    static LinuxContainerSecurityContext.Builder context(Arguments given, Path here) {
        boolean privileged = given.flag("privileged");
        LinuxContainerSecurityContext.Builder context =
                LinuxContainerSecurityContext.newBuilder()
                        .setPrivileged(privileged)
                        .setReadonlyRootfs(given.flag("read-only"))
                        .setSeccomp(
                                profile(
                                        privileged
                                                ? ProfileType.Unconfined
                                                : ProfileType.RuntimeDefault,
                                        ""))
                        .setCapabilities(
                                Capability.newBuilder()
                                        .addAllAddCapabilities(
                                                capabilities("--cap-add", given.list("cap-add")))
                                        .addAllDropCapabilities(
                                                capabilities(
                                                        "--cap-drop", given.list("cap-drop"))));
        if (!privileged) {
            context.addAllMaskedPaths(MASKED).addAllReadonlyPaths(READ_ONLY);
        }
        given.list("security-opt").forEach(text -> option(text, here, context));
        return context;
    }

    private static List<String> capabilities(String option, List<String> names) {
        return names.stream()
                .map(
                        name -> {
                            String known = name.toUpperCase(Locale.ROOT).replaceFirst("^CAP_", "");
                            if (!known.matches("[A-Z_]+")) {
                                throw Wrong.value(
                                        option, name, "unknown capability; write NET_ADMIN or ALL");
                            }
                            return known;
                        })
                .toList();
    }

    private static void option(
            String text, Path here, LinuxContainerSecurityContext.Builder context) {
        int at = text.indexOf('=') >= 0 ? text.indexOf('=') : text.indexOf(':');
        String key = at < 0 ? text : text.substring(0, at);
        String value = at < 0 ? "" : text.substring(at + 1);
        switch (key) {
            case "no-new-privileges" -> context.setNoNewPrivs(truth(text, value));
            case "seccomp" -> context.setSeccomp(seccomp(text, value, here));
            case "apparmor" -> context.setApparmor(apparmor(text, value));
            case "label" -> label(text, value, context.getSelinuxOptionsBuilder());
            case "systempaths" -> {
                if (!value.equals("unconfined")) {
                    throw Wrong.value(OPTION, text, "write systempaths=unconfined");
                }
                context.clearMaskedPaths().clearReadonlyPaths();
            }
            default ->
                    throw Wrong.value(
                            OPTION,
                            text,
                            "invalid security option; there are no-new-privileges, seccomp=unconfined|FILE,"
                                    + " apparmor=unconfined|PROFILE, label=... and systempaths=unconfined");
        }
    }

    private static boolean truth(String text, String value) {
        return switch (value) {
            case "", "true" -> true;
            case "false" -> false;
            default -> throw Wrong.value(OPTION, text, "write no-new-privileges=true or =false");
        };
    }

    private static SecurityProfile seccomp(String text, String value, Path here) {
        return switch (value) {
            case "unconfined" -> profile(ProfileType.Unconfined, "");
            case "builtin", "default" -> profile(ProfileType.RuntimeDefault, "");
            default -> {
                Path file = here.resolve(value).normalize();
                if (value.isEmpty() || !Files.isReadable(file)) {
                    throw Wrong.value(
                            OPTION,
                            text,
                            "opening seccomp profile ("
                                    + file
                                    + ") failed: no such file that can be read");
                }
                yield profile(ProfileType.Localhost, document(text, file));
            }
        };
    }

    /** The profile itself: the daemon may be on another machine. */
    private static String document(String text, Path file) {
        try {
            String json = Files.readString(file).strip();
            if (!(JsonReader.read(json) instanceof Map<?, ?>)) {
                throw Wrong.value(OPTION, text, file + " is not a seccomp profile: no JSON object");
            }
            return json;
        } catch (IOException e) {
            throw Wrong.value(OPTION, text, "read " + file + ": " + Reasons.of(e));
        } catch (IllegalArgumentException e) {
            throw Wrong.value(OPTION, text, "compacting json for seccomp profile failed: " + e);
        }
    }

    private static SecurityProfile apparmor(String text, String value) {
        return switch (value) {
            case "unconfined" -> profile(ProfileType.Unconfined, "");
            case "" ->
                    throw Wrong.value(
                            OPTION, text, "write apparmor=unconfined or apparmor=PROFILE");
            default -> profile(ProfileType.Localhost, value);
        };
    }

    private static void label(String text, String value, SELinuxOption.Builder label) {
        int colon = value.indexOf(':');
        String part = colon < 0 ? value : value.substring(0, colon);
        String name = colon < 0 ? "" : value.substring(colon + 1);
        switch (part) {
            case "disable" -> label.setType("spc_t");
            case "user" -> label.setUser(name);
            case "role" -> label.setRole(name);
            case "type" -> label.setType(name);
            case "level" -> label.setLevel(name);
            default ->
                    throw Wrong.value(
                            OPTION,
                            text,
                            "a label has user:, role:, type: and level:, or is disable");
        }
    }

    private static SecurityProfile profile(ProfileType type, String reference) {
        return SecurityProfile.newBuilder().setProfileType(type).setLocalhostRef(reference).build();
    }
}
