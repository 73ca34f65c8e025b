package dev.gantry.cni;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.model.Failure;
import dev.gantry.model.Telling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls one plugin with one command (section 2 of the specification, "Execution Protocol"). */
final class PluginCaller {
    private static final Logger LOG = LoggerFactory.getLogger(PluginCaller.class);

    /** The specification's commands. */
    enum Command {
        ADD,
        CHECK,
        DEL,
        STATUS
    }

    private final PluginBinaries binaries;
    private final List<String> launcher;
    private final Duration deadline;

    /** The launcher is put before each plugin's command line; empty but in tests. */
    PluginCaller(PluginBinaries binaries, List<String> launcher, Duration deadline) {
        this.binaries = binaries;
        this.launcher = List.copyOf(launcher);
        this.deadline = deadline;
    }

    /** Fails as ADD would, if the plugin's program is not there. */
    void require(Conflist list, Conflist.Plugin plugin, String podId) {
        String what = what(Command.ADD, list, plugin);
        try {
            var _ = binaries.require(plugin.type());
        } catch (Failure e) {
            Failure said = e.during(what + " for pod " + podId);
            Telling.step(
                    what,
                    () -> {
                        throw said;
                    });
            throw said;
        }
    }

    /**
     * ADD of one plugin.
     *
     * @return the result as the plugin printed it
     */
    ObjectNode add(AttachmentRecord pod, Conflist.Plugin plugin) {
        String what = what(Command.ADD, pod.conflist(), plugin);
        return Telling.step(
                what,
                () -> add(pod, plugin, what + " for pod " + pod.podId()),
                PluginCaller::addresses);
    }

    /** As the plugin wrote them; whether that is right is seen at the end of the list. */
    private static String addresses(ObjectNode result) {
        List<String> all = new ArrayList<>();
        result.path("ips").forEach(ip -> all.add(ip.path("address").asText("")));
        return String.join(" ", all);
    }

    private ObjectNode add(AttachmentRecord pod, Conflist.Plugin plugin, String what) {
        String printed =
                call(
                        what,
                        Command.ADD,
                        plugin,
                        podEnvironment(pod, pod.netns().toString()),
                        configuration(pod.conflist(), plugin, Optional.of(pod), pod.result()));
        try {
            return Results.as(pod.conflist().version(), Json.object(printed));
        } catch (Failure e) {
            throw new Failure(
                    Failure.Code.INTERNAL,
                    what + " printed no result that can be read: " + e.message(),
                    e);
        }
    }

    /** CHECK of one plugin, with the result of the last ADD. */
    void check(AttachmentRecord pod, Conflist.Plugin plugin) {
        String what = what(Command.CHECK, pod.conflist(), plugin) + " for pod " + pod.podId();
        call(
                what,
                Command.CHECK,
                plugin,
                podEnvironment(pod, pod.netns().toString()),
                configuration(pod.conflist(), plugin, Optional.of(pod), pod.result()));
    }

    /** DEL of one plugin; the namespace is empty when it is gone. */
    void delete(AttachmentRecord pod, Conflist.Plugin plugin, Optional<Path> netns) {
        Conflist list = pod.conflist();
        Optional<ObjectNode> previous =
                list.version().atLeast(CniVersion.V0_4_0) ? pod.result() : Optional.empty();
        String what = what(Command.DEL, list, plugin);
        Telling.step(
                what,
                () ->
                        call(
                                what + " for pod " + pod.podId(),
                                Command.DEL,
                                plugin,
                                podEnvironment(pod, netns.map(Path::toString).orElse("")),
                                configuration(list, plugin, Optional.of(pod), previous)));
    }

    /** STATUS of one plugin; fails when it could not serve an ADD now. */
    void status(Conflist list, Conflist.Plugin plugin) {
        call(
                what(Command.STATUS, list, plugin),
                Command.STATUS,
                plugin,
                Map.of(),
                configuration(list, plugin, Optional.empty(), Optional.empty()));
    }

    private String call(
            String what,
            Command command,
            Conflist.Plugin plugin,
            Map<String, String> podEnvironment,
            ObjectNode configuration) {
        List<String> line = new ArrayList<>(launcher);
        try {
            line.add(binaries.require(plugin.type()).toString());
        } catch (Failure e) {
            throw e.during(what);
        }
        Map<String, String> environment = new HashMap<>(podEnvironment);
        environment.put("CNI_COMMAND", command.name());
        environment.put("CNI_PATH", binaries.searchPath());
        PluginProcess.Outcome outcome =
                PluginProcess.run(line, environment, Json.bytes(configuration), deadline);
        return switch (outcome) {
            case PluginProcess.Outcome.Exited(int code, String stdout, String stderr) ->
                    accept(what, command, code, stdout, stderr);
            case PluginProcess.Outcome.TimedOut(String stderr) ->
                    throw new Failure(
                            Failure.Code.DEADLINE_EXCEEDED,
                            PluginError.withStderr(
                                    "%s did not end within %s and was killed"
                                            .formatted(what, inWords(deadline)),
                                    stderr));
            case PluginProcess.Outcome.TooLong(String stderr) ->
                    throw new Failure(
                            Failure.Code.RESOURCE_EXHAUSTED,
                            PluginError.withStderr(
                                    "%s wrote more than %d bytes and was killed"
                                            .formatted(what, PluginProcess.STDOUT_LIMIT_BYTES),
                                    stderr));
        };
    }

    private static String accept(
            String what, Command command, int exitCode, String stdout, String stderr) {
        if (exitCode == 0) {
            if (!stderr.isEmpty()) {
                LOG.atDebug()
                        .addKeyValue("call", what)
                        .addKeyValue("stderr", stderr)
                        .log("network plugin wrote to stderr");
            }
            return stdout;
        }
        PluginError error = PluginError.of(exitCode, stdout, stderr);
        if (command == Command.DEL && error.code() == PluginError.UNKNOWN_CONTAINER) {
            LOG.atInfo()
                    .addKeyValue("call", what)
                    .log("network plugin knows nothing of the pod, so nothing is left to delete");
            return stdout;
        }
        throw new Failure(error.failureCode(), what + " failed: it " + error.inWords());
    }

    private Map<String, String> podEnvironment(AttachmentRecord pod, String netns) {
        return Map.of(
                "CNI_CONTAINERID", pod.podId(),
                "CNI_NETNS", netns,
                "CNI_IFNAME", pod.interfaceName(),
                "CNI_ARGS", pod.arguments());
    }

    /** The plugin's entry of the list with what the runtime adds to it. */
    private static ObjectNode configuration(
            Conflist list,
            Conflist.Plugin plugin,
            Optional<AttachmentRecord> pod,
            Optional<ObjectNode> previous) {
        ObjectNode configuration = plugin.json().deepCopy();
        configuration.put("name", list.name());
        configuration.put("cniVersion", list.version().toString());
        configuration.remove(List.of("runtimeConfig", "prevResult"));
        pod.map(record -> Capabilities.declared(record.capabilities(), plugin))
                .filter(declared -> !declared.isEmpty())
                .ifPresent(declared -> configuration.set("runtimeConfig", declared));
        previous.ifPresent(result -> configuration.set("prevResult", result));
        return configuration;
    }

    private static String what(Command command, Conflist list, Conflist.Plugin plugin) {
        return "CNI %s of plugin %s of network %s (%s)"
                .formatted(command, plugin.type(), list.name(), list.source());
    }

    private static String inWords(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : duration.toMillis() + " ms";
    }
}
