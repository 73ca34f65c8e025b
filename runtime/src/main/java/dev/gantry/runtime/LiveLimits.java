package dev.gantry.runtime;

import dev.gantry.model.Failure;
import dev.gantry.model.Resources;
import dev.gantry.runtime.cgroup.Cgroup;
import dev.gantry.runtime.handler.ContainerRecord;
import dev.gantry.runtime.handler.PodContext;
import dev.gantry.runtime.oci.OciProcess;
import dev.gantry.runtime.oci.OciResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Changes the limits of a container that runs, by either handler: its group, and its score. */
final class LiveLimits {
    private LiveLimits() {}

    static void update(PodContext pod, ContainerRecord record, Resources resources) {
        Cgroup group = pod.cgroups().group(record.cgroup());
        group.update(OciResources.NONE.with(resources));
        OciProcess process = record.spec().process();
        OptionalInt now = process.oomScoreAdj();
        OptionalInt wanted = resources.oomScoreAdj();
        if (wanted.isEmpty() || wanted.equals(now)) {
            return;
        }
        int before = pod.facts().clampOom(now.orElse(0));
        int after = pod.facts().clampOom(wanted.getAsInt());
        for (int pid : group.pids()) {
            rescore(pid, before, after);
        }
        // Commands that are run in it from now on have the new score.
        pod.files()
                .write(
                        new ContainerRecord(
                                record.id(),
                                record.handler(),
                                record.cgroup(),
                                record.spec().withProcess(process.withOomScoreAdj(wanted))));
    }

    /** A process that has chosen a score for itself keeps it. */
    private static void rescore(int pid, int before, int after) {
        Path file = Path.of("/proc/" + pid + "/oom_score_adj");
        try {
            if (Files.readString(file).strip().equals(Integer.toString(before))) {
                Files.writeString(file, Integer.toString(after));
            }
        } catch (NoSuchFileException _) {
            // It has ended.
        } catch (IOException e) {
            if (Files.exists(file)) {
                throw Failure.of("set " + file + " to " + after, e);
            }
        }
    }
}
