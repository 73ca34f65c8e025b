package dev.gantry.cni;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plugins that go on though nobody waits for them: those of a daemon that was killed, and what they
 * left behind. They are known by the pod's id in their environment. An ADD that ends after the DEL
 * that was to undo it would leave its address reserved for ever.
 */
final class Orphans {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
    private static final long REAP_SECONDS = 2;

    private Orphans() {}

    /** Kills the pod's plugins that still run, and waits for their end. */
    static void kill(String podId) {
        String mark = "\0CNI_CONTAINERID=" + podId + "\0";
        List<ProcessHandle> orphans =
                ProcessHandle.allProcesses().filter(process -> has(process, mark)).toList();
        for (ProcessHandle orphan : orphans) {
            LOG.atWarn()
                    .addKeyValue("pod", podId)
                    .addKeyValue("pid", orphan.pid())
                    .log("killing a network plugin that was left running");
            orphan.destroyForcibly();
        }
        orphans.forEach(Orphans::await);
    }

    private static boolean has(ProcessHandle process, String mark) {
        try {
            Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
            String text = Files.readString(environment, StandardCharsets.ISO_8859_1);
            return ("\0" + text).contains(mark);
        } catch (IOException e) {
            // It ended meanwhile, or is another user's: then it is no plugin of ours.
            return false;
        }
    }

    private static void await(ProcessHandle orphan) {
        try {
            orphan.onExit().get(REAP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.atWarn()
                    .addKeyValue("pid", orphan.pid())
                    .log("a network plugin does not end though it was killed");
        }
    }
}
