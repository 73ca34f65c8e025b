package dev.gantry.engine.spec;

import dev.gantry.engine.config.ContainerSecurity;
import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.Capabilities;
import dev.gantry.runtime.oci.OciCapabilities;
import dev.gantry.runtime.oci.SpecDefaults;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A container's capabilities: the default ones, ALL added or dropped first, then single ones added,
 * then single ones dropped (as containerd and CRI-O order them). Ambient ones are in all sets.
 */
final class CapabilityRules {
    private static final String ALL = "ALL";

    private CapabilityRules() {}

    static OciCapabilities apply(ContainerSecurity.Capabilities asked) {
        Set<String> names = new LinkedHashSet<>(SpecDefaults.CAPABILITIES);
        if (asked.add().stream().anyMatch(ALL::equalsIgnoreCase)) {
            names.addAll(Capabilities.available());
        }
        if (asked.drop().stream().anyMatch(ALL::equalsIgnoreCase)) {
            names.clear();
        }
        names.addAll(single(asked.add()));
        List<String> ambient = single(asked.ambient());
        names.addAll(ambient);
        single(asked.drop()).forEach(names::remove);
        OciCapabilities all = OciCapabilities.of(List.copyOf(names));
        List<String> raised = ambient.stream().filter(names::contains).toList();
        return raised.isEmpty() ? all : all.withAmbient(raised);
    }

    private static List<String> single(List<String> names) {
        return names.stream()
                .filter(name -> !name.equalsIgnoreCase(ALL))
                .map(CapabilityRules::canonical)
                .distinct()
                .toList();
    }

    private static String canonical(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String full = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
        if (!Capabilities.known(full)) {
            throw Failure.invalid("\"" + name + "\" is not a capability that the kernel knows");
        }
        return full;
    }
}
