package dev.gantry.local;

import dev.gantry.engine.ContainerState.Exited;
import dev.gantry.engine.ContainerState.Running;
import dev.gantry.engine.Pod;
import dev.gantry.local.volumes.Volumes;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Takes a container away, whole or half made: what runs, the pod, its use of volumes, its log, its
 * record. Each step is idempotent; the intent is recorded first, so that recovery finishes it.
 */
final class Removal {
    private final Machine machine;
    private final Entries entries;
    private final Lives lives;
    private final Volumes volumes;
    private final HealthChecks health;
    private final Teller teller;
    private final LocalSettings settings;

    Removal(
            Machine machine,
            Entries entries,
            Lives lives,
            Volumes volumes,
            HealthChecks health,
            Teller teller,
            LocalSettings settings) {
        this.machine = machine;
        this.entries = entries;
        this.lives = lives;
        this.volumes = volumes;
        this.health = health;
        this.teller = teller;
        this.settings = settings;
    }

    /** With its lock held. */
    void locked(Life life, String id, boolean removeVolumes) {
        if (entries.find(id).isEmpty()) {
            return;
        }
        Entry entry = entries.change(id, e -> e.beingRemoved(removeVolumes));
        life.cancel();
        health.end(id);
        try {
            teller.step(
                    entry,
                    "remove it with all that belongs to it",
                    () -> {
                        kill(life, entry);
                        discard(entry, removeVolumes);
                    });
        } catch (RuntimeException e) {
            throw Failure.of("remove container " + entry.name(), e);
        }
        life.removed();
        lives.forget(id);
        teller.event(entry, "destroy");
        teller.gone(entry);
    }

    private void kill(Life life, Entry entry) {
        boolean runs =
                machine.container(entry.id()).filter(c -> c.state() instanceof Running).isPresent();
        if (!runs) {
            return;
        }
        teller.event(entry, "kill", Map.of("signal", "9"));
        machine.stopContainer(entry.id(), Duration.ZERO, 0);
        machine.container(entry.id())
                .filter(c -> c.state() instanceof Exited)
                .map(c -> ((Exited) c.state()).exitCode())
                .ifPresent(
                        code -> {
                            teller.event(entry, "die", Map.of("exitCode", Integer.toString(code)));
                            life.ended(code);
                        });
    }

    /** What was made of it goes, and its name is free; of a half-made one too. */
    void discard(Entry entry, boolean removeVolumes) {
        for (Pod pod : machine.pods()) {
            if (pod.config().name().equals(LocalSettings.podName(entry.id()))) {
                machine.removePod(pod.id());
            }
        }
        volumes.release(entry.id(), removeVolumes);
        deleteLogs(settings.logs(entry.id()));
        entries.forget(entry.id());
    }

    private static void deleteLogs(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw Failure.of("remove the log directory " + directory, e);
        }
    }
}
