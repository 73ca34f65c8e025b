package dev.gantry.runtime.seccomp;

import dev.gantry.model.Failure;
import dev.gantry.model.Platform;
import dev.gantry.runtime.oci.OciJson;
import dev.gantry.runtime.oci.OciSeccomp;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Seccomp profiles, resolved for a container's capabilities and this machine. */
public final class SeccompProfiles {
    /** SCMP_ARCH_* of the machines that Go's words name. */
    private static final Map<String, String> ARCHITECTURES =
            Map.of(
                    "amd64", "SCMP_ARCH_X86_64",
                    "arm64", "SCMP_ARCH_AARCH64",
                    "s390x", "SCMP_ARCH_S390X",
                    "riscv64", "SCMP_ARCH_RISCV64");

    private static final Map<Set<String>, OciSeccomp> DEFAULTS = new ConcurrentHashMap<>();

    private SeccompProfiles() {}

    /**
     * The default profile (CRI RuntimeDefault) for a container with these capabilities: an allow
     * list, as docker and containerd have it.
     */
    public static OciSeccomp defaults(Set<String> capabilities) {
        return DEFAULTS.computeIfAbsent(
                Set.copyOf(capabilities), c -> resolve(builtIn(), c, "default"));
    }

    /**
     * A profile from a file in docker's or OCI's form (CRI Localhost). INVALID_ARGUMENT says what
     * is wrong in it.
     */
    public static OciSeccomp parse(byte[] json, Set<String> capabilities) {
        ProfileDocument document;
        try {
            document = OciJson.read(json, ProfileDocument.class);
        } catch (Failure e) {
            throw new Failure(Failure.Code.INVALID_ARGUMENT, "seccomp profile: " + e.message(), e);
        }
        return resolve(document, capabilities, "given");
    }

    private static ProfileDocument builtIn() {
        try (InputStream in = SeccompProfiles.class.getResourceAsStream("default.json")) {
            if (in == null) {
                throw Failure.internal("the default seccomp profile is missing in this build");
            }
            return OciJson.read(in.readAllBytes(), ProfileDocument.class);
        } catch (IOException e) {
            throw Failure.of("read the default seccomp profile", e);
        }
    }

    private static OciSeccomp resolve(
            ProfileDocument document, Set<String> capabilities, String which) {
        if (document.defaultAction().isEmpty()) {
            throw Failure.invalid("the " + which + " seccomp profile has no defaultAction");
        }
        if (!document.listenerPath().isEmpty()) {
            throw new Failure(
                    Failure.Code.UNIMPLEMENTED,
                    "the seccomp profile has a listenerPath, but notification (SCMP_ACT_NOTIFY) is not done");
        }
        String arch = Platform.host().architecture();
        var calls = new ArrayList<OciSeccomp.Syscall>();
        for (ProfileDocument.Rule rule : document.syscalls()) {
            if (rule.holds(capabilities, arch)) {
                List<String> names = rule.name().isEmpty() ? rule.names() : List.of(rule.name());
                if (!rule.name().isEmpty() && !rule.names().isEmpty()) {
                    throw Failure.invalid(
                            "a seccomp rule has both name (%s) and names".formatted(rule.name()));
                }
                calls.add(
                        new OciSeccomp.Syscall(names, rule.action(), rule.errnoRet(), rule.args()));
            }
        }
        return ProfileRules.check(
                new OciSeccomp(
                        document.defaultAction(),
                        document.defaultErrnoRet(),
                        architectures(document, arch),
                        document.flags(),
                        calls));
    }

    private static List<String> architectures(ProfileDocument document, String arch) {
        if (document.archMap().isEmpty()) {
            return document.architectures();
        }
        if (!document.architectures().isEmpty()) {
            throw Failure.invalid("the seccomp profile has both architectures and archMap");
        }
        String own = ARCHITECTURES.getOrDefault(arch, "");
        var all = new ArrayList<String>();
        for (ProfileDocument.Architecture entry : document.archMap()) {
            if (entry.architecture().equals(own)) {
                all.add(own);
                all.addAll(entry.subArchitectures());
            }
        }
        return all;
    }
}
