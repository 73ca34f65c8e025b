package dev.gantry.runtime.handler;

import dev.gantry.runtime.CommandOptions;
import dev.gantry.runtime.oci.Capabilities;
import dev.gantry.runtime.oci.OciCapabilities;
import dev.gantry.runtime.oci.OciProcess;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The process of a command in a container: the container's own, but for what was asked for. */
final class CommandProcess {
    private CommandProcess() {}

    static OciProcess of(
            OciProcess container, List<String> argv, boolean terminal, CommandOptions options) {
        OciProcess process =
                container
                        .withArgs(argv)
                        .withTerminal(terminal)
                        .withEnv(environment(container.env(), terminal, options));
        if (!options.workingDir().isEmpty()) {
            process = process.withCwd(options.workingDir());
        }
        if (options.user().isPresent()) {
            process = process.withUser(options.user().get());
        }
        return options.privileged()
                ? process.withCapabilities(OciCapabilities.of(Capabilities.available()))
                        .withApparmorProfile("")
                : process;
    }

    private static List<String> environment(
            List<String> container, boolean terminal, CommandOptions options) {
        Map<String, String> merged = new LinkedHashMap<>();
        container.forEach(entry -> put(merged, entry));
        if (terminal) {
            merged.putIfAbsent("TERM", "xterm");
        }
        options.environment().forEach(entry -> put(merged, entry));
        return merged.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }

    private static void put(Map<String, String> merged, String entry) {
        int equals = entry.indexOf('=');
        if (equals > 0) {
            merged.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
    }
}
