package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.CommandOptions;
import dev.gantry.runtime.HandlerConfig;
import dev.gantry.runtime.oci.OciJson;
import dev.gantry.runtime.oci.OciProcess;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.plan.DelegatePlans;
import dev.gantry.runtime.plan.LaunchStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** One command in a container of an OCI runtime: its files in the bundle, and its plan. */
final class OciExec {
    private final PodContext pod;
    private final ContainerRecord record;
    private final Path bundle;
    private final String name = "exec-" + UUID.randomUUID();
    private final OciCommand command;

    OciExec(HandlerConfig.Oci config, PodContext pod, ContainerRecord record) {
        this.pod = pod;
        this.record = record;
        this.bundle = pod.files().bundle(record.id());
        this.command = new OciCommand(config, file(".log"));
    }

    private Path file(String suffix) {
        return bundle.resolve(name + suffix);
    }

    /** Where the runtime writes the pid of the process that it makes. */
    Path pidFile() {
        return file(".pid");
    }

    /** Gives the command's plan to something that starts it, and cleans up after that. */
    <T> T with(
            List<String> argv,
            boolean terminal,
            CommandOptions options,
            Function<List<LaunchStep>, T> start) {
        try {
            writeProcess(argv, terminal, options);
            T result = start.apply(plan(terminal));
            deleteQuietly(pidFile());
            return result;
        } catch (Failure e) {
            throw e.code() == Failure.Code.DEADLINE_EXCEEDED ? e : command.explain(e);
        } finally {
            // The pid file of a command that was given up stays for the shim, which kills what it
            // names; it goes with the bundle.
            deleteQuietly(file(".json"));
            deleteQuietly(command.log());
        }
    }

    private List<LaunchStep> plan(boolean terminal) {
        var arguments = new ArrayList<>(List.of("exec", "--detach"));
        arguments.addAll(List.of("--pid-file", pidFile().toString()));
        arguments.addAll(List.of("--process", file(".json").toString()));
        if (terminal) {
            // Relative to the bundle, where it runs: an address holds 107 bytes.
            arguments.addAll(List.of("--console-socket", name + ".pid.tty"));
        }
        arguments.add(record.id());
        return DelegatePlans.exec(
                record.spec(),
                BundleSpec.inherited(record.spec(), pod.pod().namespaces()),
                bundle,
                command.step(arguments));
    }

    private void writeProcess(List<String> argv, boolean terminal, CommandOptions options) {
        OciSpec spec =
                BundleSpec.of(
                        record.spec(),
                        record.cgroup(),
                        bundle.resolve("rootfs"),
                        Optional.empty(),
                        Map.of(),
                        pod.pod(),
                        pod.facts());
        OciProcess process = CommandProcess.of(spec.process(), argv, terminal, options);
        try {
            Files.write(file(".json"), OciJson.write(process));
        } catch (IOException e) {
            throw Failure.of("write " + file(".json"), e);
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // It goes with the bundle.
        }
    }
}
