package dev.gantry.server;

import dev.gantry.cni.CniSettings;
import dev.gantry.cni.PodNetworks;
import dev.gantry.engine.ContainerDefaults;
import dev.gantry.engine.Engine;
import dev.gantry.engine.EngineSettings;
import dev.gantry.engine.Rooms;
import dev.gantry.engine.RuntimeRoom;
import dev.gantry.imagestore.ImageStore;
import dev.gantry.imagestore.ImageStoreSettings;
import dev.gantry.imagestore.manifest.Machine;
import dev.gantry.local.LocalContainers;
import dev.gantry.local.LocalEvents;
import dev.gantry.local.LocalSettings;
import dev.gantry.local.net.NamedNetworks;
import dev.gantry.local.volumes.VolumeStore;
import dev.gantry.model.Failure;
import dev.gantry.model.Observer;
import dev.gantry.networks.NetworkSettings;
import dev.gantry.networks.Networks;
import dev.gantry.runtime.CgroupDriver;
import dev.gantry.runtime.OwnLimits;
import dev.gantry.runtime.RuntimeSettings;
import dev.gantry.server.config.Settings;
import dev.gantry.state.Database;
import dev.gantry.state.Migration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** The rooms, put together as the settings say: the only place that names every one of them. */
record Assembly(
        Database database,
        Engine engine,
        LocalContainers containers,
        VolumeStore volumes,
        Networks networks)
        implements AutoCloseable {

    static Assembly open(
            Settings settings,
            BiFunction<RuntimeSettings, Observer, RuntimeRoom> pods,
            Observer observer) {
        RuntimeSettings runtime =
                new RuntimeSettings(
                        Handlers.shim(settings),
                        settings.podsDir(),
                        settings.netnsDir(),
                        settings.netnsPrefix(),
                        Handlers.of(settings),
                        driver(settings),
                        RuntimeSettings.DEADLINE);
        Database database = Database.open(settings.database(), migrations());
        try {
            ImageStore store = ImageStore.open(images(settings), database, observer);
            Networks networks = Networks.open(NetworkSettings.below(settings.root()));
            Rooms rooms =
                    new Rooms(
                            database,
                            Rooms.images(store),
                            new NamedNetworks(
                                    Rooms.networks(PodNetworks.open(cni(settings), database)),
                                    networks),
                            pods.apply(runtime, observer));
            EngineSettings engine =
                    EngineSettings.below(settings.root(), settings.state())
                            .withCgroupParent(settings.defaultCgroupParent())
                            .withDefaults(possible(settings.containers()));
            VolumeStore volumes =
                    VolumeStore.open(settings.root().resolve("volumes"), database, store::layers);
            return open(
                    settings, database, Engine.open(engine, rooms, observer), volumes, networks);
        } catch (RuntimeException | Error e) {
            database.close();
            throw e;
        }
    }

    private static Assembly open(
            Settings settings,
            Database database,
            Engine engine,
            VolumeStore volumes,
            Networks networks) {
        try {
            LocalSettings people = LocalSettings.below(settings.root());
            LocalContainers containers =
                    LocalContainers.open(
                            people,
                            database,
                            engine,
                            volumes,
                            networks,
                            LocalEvents.open(people.events()));
            volumes.callContainers(id -> called(containers, id));
            return new Assembly(database, engine, containers, volumes, networks);
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    /** A container's name for people; its id when it is just being made or removed. */
    private static String called(LocalContainers containers, String id) {
        try {
            return containers.inspect(id).name();
        } catch (Failure _) {
            return id;
        }
    }

    /** Resource limits that the kernel would refuse at each container's start are lowered here. */
    private static ContainerDefaults possible(ContainerDefaults asked) {
        return new ContainerDefaults(
                asked.unprivilegedPorts(),
                asked.unprivilegedIcmp(),
                OwnLimits.ofThisProcess().within(asked.rlimits()),
                asked.cdiDirectories(),
                asked.durable());
    }

    private static CgroupDriver driver(Settings settings) {
        return switch (settings.cgroupDriver()) {
            case CGROUPFS -> CgroupDriver.CGROUPFS;
            case SYSTEMD -> CgroupDriver.SYSTEMD;
        };
    }

    private static List<Migration> migrations() {
        return Stream.of(
                        ImageStore.migrations(),
                        PodNetworks.migrations(),
                        Engine.migrations(),
                        LocalContainers.migrations(),
                        VolumeStore.migrations())
                .flatMap(List::stream)
                .toList();
    }

    private static ImageStoreSettings images(Settings settings) {
        return new ImageStoreSettings(
                settings.root(),
                Machine.host(),
                settings.registries(),
                settings.storage(),
                settings.layers(),
                settings.pulls(),
                settings.imagePolicy());
    }

    private static CniSettings cni(Settings settings) {
        return new CniSettings(
                        settings.cni().confDir(),
                        settings.cni().binDirs(),
                        settings.cni().deadline())
                .withLocalDir(NetworkSettings.below(settings.root()).directory());
    }

    @Override
    public void close() {
        containers.close();
        engine.close();
        containers.events().close();
        networks.close();
        database.close();
    }
}
