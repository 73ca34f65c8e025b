package dev.gantry.runtime.seccomp;

import dev.gantry.runtime.oci.OciSeccomp;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A profile as docker writes it: OCI's form with rules that hold for some capabilities and
 * architectures only. A profile in OCI's own form is one too, without conditions.
 */
record ProfileDocument(
        String defaultAction,
        OptionalInt defaultErrnoRet,
        List<String> architectures,
        List<Architecture> archMap,
        List<String> flags,
        String listenerPath,
        List<Rule> syscalls) {

    /** An architecture and those whose programs it runs too. */
    record Architecture(String architecture, List<String> subArchitectures) {}

    /** A rule and when it holds; {@code name} is the older way of naming one call. */
    record Rule(
            String name,
            List<String> names,
            String action,
            OptionalInt errnoRet,
            List<OciSeccomp.Argument> args,
            Optional<Condition> includes,
            Optional<Condition> excludes) {
        /** Whether the rule is part of the profile; {@code arch} in Go's words. */
        boolean holds(Set<String> capabilities, String arch) {
            Condition with = includes.orElse(Condition.NONE);
            Condition without = excludes.orElse(Condition.NONE);
            return capabilities.containsAll(with.caps())
                    && (with.arches().isEmpty() || with.arches().contains(arch))
                    && without.caps().stream().noneMatch(capabilities::contains)
                    && !without.arches().contains(arch)
                    && (with.minKernel().isEmpty() || KernelVersion.atLeast(with.minKernel()))
                    && (without.minKernel().isEmpty()
                            || !KernelVersion.atLeast(without.minKernel()));
        }
    }

    /** Capabilities, architectures and the least kernel, as {@code 4.8}. */
    record Condition(List<String> caps, List<String> arches, String minKernel) {
        static final Condition NONE = new Condition(List.of(), List.of(), "");
    }
}
