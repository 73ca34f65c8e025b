package dev.gantry.runtime.handler;

import dev.gantry.model.Failure;
import dev.gantry.runtime.ContainerLaunch;
import dev.gantry.runtime.ImageVolume;
import dev.gantry.runtime.plan.HookState;
import dev.gantry.runtime.plan.LaunchExtras;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes room in a container's bundle for what only some containers have. */
final class Extras {
    private Extras() {}

    /** The directories that image volumes are mounted on go with the bundle. */
    static LaunchExtras prepare(PodContext pod, ContainerRecord record, ContainerLaunch launch) {
        Path bundle = pod.files().bundle(record.id());
        List<LaunchExtras.Volume> volumes = new ArrayList<>();
        for (ImageVolume volume : launch.volumes()) {
            Path base = bundle.resolve("volumes").resolve(Integer.toString(volumes.size()));
            try {
                Files.createDirectories(base);
            } catch (IOException e) {
                throw Failure.of("make " + base, e);
            }
            volumes.add(new LaunchExtras.Volume(volume, base));
        }
        return new LaunchExtras(launch.processes(), volumes, hooks(record, bundle));
    }

    private static Optional<HookState> hooks(ContainerRecord record, Path bundle) {
        return record.spec()
                .hooks()
                .map(_ -> new HookState(record.id(), bundle, record.spec().annotations()));
    }
}
