package dev.gantry.engine;

import dev.gantry.engine.EngineStatus.Condition;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looks whether pods can run, each time it is asked. */
final class Health {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    private final EngineSettings settings;
    private final Rooms rooms;

    Health(EngineSettings settings, Rooms rooms) {
        this.settings = settings;
        this.rooms = rooms;
    }

    EngineStatus look() {
        return new EngineStatus(runtime(), network());
    }

    private Condition runtime() {
        Path shim = rooms.runtime().shimBinary();
        if (!Files.isExecutable(shim)) {
            return Condition.notReady(
                    "ShimMissing", "the launcher " + shim + " is not an executable file");
        }
        for (Path directory : List.of(settings.root(), settings.filesDir())) {
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                return Condition.notReady(
                        "DirectoryNotWritable", Failure.of("make " + directory, e).message());
            }
            if (!Files.isWritable(directory)) {
                return Condition.notReady("DirectoryNotWritable", directory + " cannot be written");
            }
        }
        if (!Files.exists(CGROUPS.resolve("cgroup.controllers"))
                && !Files.isDirectory(CGROUPS.resolve("memory"))) {
            return Condition.notReady(
                    "NoCgroups",
                    "neither cgroup v2 nor the memory controller of v1 is mounted on " + CGROUPS);
        }
        return Condition.READY;
    }

    private Condition network() {
        try {
            return rooms.networks().status();
        } catch (Failure e) {
            return Condition.notReady("NetworkPluginNotReady", e.message());
        }
    }
}
