package dev.gantry.local;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.MountConfig;
import dev.gantry.engine.config.NamespaceOptions.Mode;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.imagestore.Image;
import dev.gantry.local.net.Wiring;
import dev.gantry.local.volumes.VolumeMount;
import dev.gantry.local.volumes.Volumes;
import dev.gantry.model.Failure;
import dev.gantry.model.Ids;
import dev.gantry.model.Telling;
import dev.gantry.networks.Networks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes a container with its pod; nothing runs yet. The name is reserved first and the record is
 * completed last: what is half made is undone here when a step fails, or by recovery.
 */
final class CreateLocal {
    private static final int SHORT_ID = 12;
    private static final String CREATE = "create container %s of image %s, as a person asked";

    private final Machine machine;
    private final Entries entries;
    private final Volumes volumes;
    private final Networks networks;
    private final Removal removal;
    private final Teller teller;
    private final LocalSettings settings;
    private final NameMaker names;

    CreateLocal(
            Machine machine,
            Entries entries,
            Volumes volumes,
            Networks networks,
            Removal removal,
            Teller teller,
            LocalSettings settings,
            NameMaker names) {
        this.machine = machine;
        this.entries = entries;
        this.volumes = volumes;
        this.networks = networks;
        this.removal = removal;
        this.teller = teller;
        this.settings = settings;
        this.names = names;
    }

    Entry create(ContainerSpec spec) {
        ContainerSpec.Settings asked = spec.settings();
        if (asked.autoRemove() && asked.restart().condition() != RestartPolicy.Condition.NO) {
            throw Failure.invalid(
                    "conflicting options: a container with a restart policy cannot remove itself (--restart and --rm)");
        }
        Image image = image(spec);
        ContainerSpec.Settings kept =
                asked.withHealth(asked.health().over(image.config().health()));
        if (kept.health().present()) {
            var _ = HealthChecks.command(kept.health().test());
        }
        Entry reserved = reserve(spec, kept);
        try {
            return teller.narrator(reserved)
                    .telling(
                            () ->
                                    Telling.step(
                                            CREATE.formatted(
                                                    reserved.name(), spec.container().image()),
                                            () -> make(reserved, spec, image)));
        } catch (RuntimeException e) {
            undo(reserved, e);
            teller.gone(reserved);
            throw Failure.of("create container " + reserved.name(), e);
        }
    }

    /** A container that has no image is remembered too, if it was to have a name. */
    private Image image(ContainerSpec spec) {
        Optional<Image> found = machine.image(spec.container().image());
        if (found.isPresent()) {
            return found.get();
        }
        Failure missing =
                Failure.notFound("no such image: " + spec.container().image() + "; pull it first");
        if (!spec.name().isEmpty() && !entries.taken(spec.name())) {
            Entry never = Entry.reserved(Ids.random(), spec.name(), spec.settings());
            teller.narrator(never)
                    .told(
                            CREATE.formatted(spec.name(), spec.container().image()),
                            Duration.ZERO,
                            Optional.of(missing));
            teller.gone(never);
        }
        throw missing;
    }

    private Entry reserve(ContainerSpec spec, ContainerSpec.Settings kept) {
        String id = Ids.random();
        String name =
                spec.name().isEmpty() ? names.make(entries::taken) : NameMaker.check(spec.name());
        Entry reserved = Entry.reserved(id, name, kept);
        entries.reserve(reserved);
        return reserved;
    }

    private Entry make(Entry reserved, ContainerSpec spec, Image image) {
        String id = reserved.id();
        List<MountConfig> mounts = new ArrayList<>(spec.container().mounts());
        mounts.addAll(volumes.mounts(id, image.id(), wanted(spec, image)));
        String pod = machine.preparePod(pod(id, spec, image), spec.runtimeHandler());
        ContainerConfig container =
                spec.container()
                        .withName(reserved.name())
                        .withMounts(mounts)
                        .withLogPath(reserved.settings().logged() ? LocalSettings.LOG : "");
        machine.createContainer(pod, id, container);
        Entry made = entries.change(id, entry -> entry.completed(pod));
        teller.event(made, "create");
        return made;
    }

    private void undo(Entry reserved, RuntimeException cause) {
        try {
            removal.discard(reserved, true);
        } catch (RuntimeException left) {
            // Its record stays incomplete: the next start of the daemon tries again.
            cause.addSuppressed(left);
        }
    }

    /** What was asked for, and an anonymous volume for each other one of the image. */
    private static List<VolumeMount> wanted(ContainerSpec spec, Image image) {
        Set<String> taken = new HashSet<>();
        VolumeMount.targets(spec.volumes()).forEach(target -> taken.add(normal(target)));
        spec.container().mounts().forEach(mount -> taken.add(normal(mount.containerPath())));
        spec.container().extras().tmpfs().forEach(tmpfs -> taken.add(normal(tmpfs.path())));
        List<VolumeMount> wanted = new ArrayList<>(spec.volumes());
        for (String declared : new TreeSet<>(image.config().volumes())) {
            if (taken.add(normal(declared)) && !normal(declared).equals("/")) {
                wanted.add(VolumeMount.anonymous(normal(declared)));
            }
        }
        return wanted;
    }

    private static String normal(String path) {
        return Path.of("/").resolve(path).normalize().toString();
    }

    private PodConfig pod(String id, ContainerSpec spec, Image image) {
        PodConfig asked = Wiring.wired(spec.pod(), networks);
        boolean own = asked.security().namespaces().network() == Mode.POD;
        PodConfig named =
                asked.withName(LocalSettings.podName(id))
                        .withLogDirectory(
                                spec.settings().logged() ? settings.logs(id).toString() : "");
        if (own && asked.hostname().isEmpty()) {
            named = named.withHostname(id.substring(0, SHORT_ID));
        }
        return own
                ? named.withPorts(
                        HostPorts.chosen(
                                asked.ports(), spec.publishAll() ? exposed(spec, image) : Set.of()))
                : named;
    }

    private static Set<String> exposed(ContainerSpec spec, Image image) {
        Set<String> all = new TreeSet<>(image.config().exposedPorts());
        all.addAll(spec.exposedPorts());
        return all;
    }
}
