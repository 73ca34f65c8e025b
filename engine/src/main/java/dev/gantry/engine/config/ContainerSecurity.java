package dev.gantry.engine.config;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * CRI's LinuxContainerSecurityContext. {@code runAsUser} wins over {@code runAsUsername}; without
 * both the image's user is used.
 */
public record ContainerSecurity(
        boolean privileged,
        Capabilities capabilities,
        NamespaceOptions namespaces,
        OptionalLong runAsUser,
        OptionalLong runAsGroup,
        String runAsUsername,
        List<Long> supplementalGroups,
        boolean strictGroups,
        boolean readonlyRootfs,
        boolean noNewPrivileges,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        SecurityProfile seccomp,
        SecurityProfile apparmor,
        SelinuxOptions selinux) {
    public static final ContainerSecurity DEFAULT = with(NamespaceOptions.DEFAULT);

    public ContainerSecurity {
        supplementalGroups = List.copyOf(supplementalGroups);
        maskedPaths = List.copyOf(maskedPaths);
        readonlyPaths = List.copyOf(readonlyPaths);
        selinux = Objects.requireNonNullElse(selinux, SelinuxOptions.NONE);
    }

    /** Capabilities to add, drop and raise as ambient; names with or without CAP_, and ALL. */
    public record Capabilities(List<String> add, List<String> drop, List<String> ambient) {
        public static final Capabilities NONE = new Capabilities(List.of(), List.of(), List.of());

        public Capabilities {
            add = List.copyOf(add);
            drop = List.copyOf(drop);
            ambient = List.copyOf(ambient);
        }
    }

    /** Nothing asked for but the namespaces. */
    public static ContainerSecurity with(NamespaceOptions namespaces) {
        return new ContainerSecurity(
                false,
                Capabilities.NONE,
                namespaces,
                OptionalLong.empty(),
                OptionalLong.empty(),
                "",
                List.of(),
                false,
                false,
                false,
                List.of(),
                List.of(),
                SecurityProfile.UNSPECIFIED,
                SecurityProfile.UNSPECIFIED,
                SelinuxOptions.NONE);
    }

    /** Privileged, nothing else asked for but the namespaces. */
    public static ContainerSecurity privileged(NamespaceOptions namespaces) {
        return new ContainerSecurity(
                true,
                Capabilities.NONE,
                namespaces,
                OptionalLong.empty(),
                OptionalLong.empty(),
                "",
                List.of(),
                false,
                false,
                false,
                List.of(),
                List.of(),
                SecurityProfile.UNSPECIFIED,
                SecurityProfile.UNSPECIFIED,
                SelinuxOptions.NONE);
    }

    public ContainerSecurity withSeccomp(SecurityProfile value) {
        return new ContainerSecurity(
                privileged,
                capabilities,
                namespaces,
                runAsUser,
                runAsGroup,
                runAsUsername,
                supplementalGroups,
                strictGroups,
                readonlyRootfs,
                noNewPrivileges,
                maskedPaths,
                readonlyPaths,
                value,
                apparmor,
                selinux);
    }

    public ContainerSecurity withUsername(String value) {
        return new ContainerSecurity(
                privileged,
                capabilities,
                namespaces,
                runAsUser,
                runAsGroup,
                value,
                supplementalGroups,
                strictGroups,
                readonlyRootfs,
                noNewPrivileges,
                maskedPaths,
                readonlyPaths,
                seccomp,
                apparmor,
                selinux);
    }
}
