package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciHooks;
import dev.gantry.runtime.oci.OciRoot;
import dev.gantry.runtime.oci.OciSpec;
import dev.gantry.runtime.plan.HookState;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hooks that run beside a native container rather than on its way: after its start and after
 * its end (OCI runtime, Lifecycle). What they do wrong is said, and stops nothing.
 */
final class Hooks {
    private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);

    private Hooks() {}

    /** Hooks read the specification in their bundle to learn where the root is. */
    static void writeBundle(PodFiles files, ContainerRecord record) {
        if (record.spec().hooks().isEmpty()) {
            return;
        }
        Path bundle = files.bundle(record.id());
        OciRoot root = new OciRoot(files.rootfs().toString(), record.spec().root().readonly());
        OciSpec spec = record.spec().withOciVersion(OciSpec.VERSION).withRoot(root);
        try {
            Files.createDirectories(bundle);
            Files.write(bundle.resolve("config.json"), spec.toJson());
        } catch (IOException e) {
            throw Failure.of("write the bundle " + bundle, e);
        }
    }

    static void afterStart(PodFiles files, ContainerRecord record, long pid) {
        run(files, record, record.spec().hooks().map(OciHooks::poststart), "running", pid);
    }

    static void afterEnd(PodFiles files, ContainerRecord record) {
        run(files, record, record.spec().hooks().map(OciHooks::poststop), "stopped", 0);
    }

    private static void run(
            PodFiles files,
            ContainerRecord record,
            java.util.Optional<List<OciHooks.Hook>> hooks,
            String status,
            long pid) {
        HookState state =
                new HookState(record.id(), files.bundle(record.id()), record.spec().annotations());
        for (OciHooks.Hook hook : hooks.orElse(List.of())) {
            try {
                int code = run(hook, state.json(status, pid));
                if (code != 0) {
                    warn(record, hook, "exited with " + code);
                }
            } catch (IOException e) {
                warn(record, hook, Failure.of("run it", e).message());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                warn(record, hook, "interrupted");
                return;
            }
        }
    }

    private static int run(OciHooks.Hook hook, byte[] state)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(hook.path());
        command.addAll(hook.args().stream().skip(1).toList());
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD);
        builder.environment().clear();
        hook.env().forEach(entry -> put(builder, entry));
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(state);
        } catch (IOException _) {
            // It need not read its state.
        }
        if (!process.waitFor(hook.timeout().orElse(HookState.SECONDS), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            throw new IOException("it did not end in time and was killed");
        }
        return process.exitValue();
    }

    private static void put(ProcessBuilder builder, String entry) {
        int equals = entry.indexOf('=');
        if (equals > 0) {
            builder.environment().put(entry.substring(0, equals), entry.substring(equals + 1));
        }
    }

    private static void warn(ContainerRecord record, OciHooks.Hook hook, String why) {
        LOG.atWarn()
                .addKeyValue("container", record.id())
                .addKeyValue("hook", hook.path())
                .addKeyValue("error", why)
                .log("a hook failed");
    }
}
